package dev.memoryrouter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A model server over real HTTP that speaks Ollama's and OpenAI's protocol and does what a test
/// tells it to. Records each request, and sees when a client leaves. All settings may change while
/// it runs.
public final class FakeUpstream implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// More than a thousand clients may come at once.
  private static final int BACKLOG = 2_048;

  /// Longer than the kernel of this machine needs to take a connection.
  private static final int KNOCK_MILLIS = 200;

  private volatile ServerSocket server;
  private final List<Socket> knocks = new ArrayList<>();
  private volatile Thread acceptor;
  private final Set<FakeConnection> connections = ConcurrentHashMap.newKeySet();
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final Map<String, FakeModel> models = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> loaded = new ConcurrentHashMap<>();
  private final Map<String, Script> byModel = new ConcurrentHashMap<>();
  private volatile BiFunction<String, JsonNode, Script> otherwise = FakeAnswer::echo;
  private final Queue<Script> next = new ConcurrentLinkedQueue<>();
  private final FakeCatalogue catalogue = new FakeCatalogue(models, loaded);
  private final FaultInjector faults = new FaultInjector();
  private final FakeControl control = new FakeControl(this);
  private final AtomicInteger opened = new AtomicInteger();

  /// A request that was received.
  public static final class Call {
    private final FakeConnection.Head head;
    private final JsonNode body;
    private final long begun = System.nanoTime();
    private volatile long ended = begun;
    private volatile boolean open = true;
    private volatile boolean complete;
    private volatile boolean left;
    private volatile boolean closesUnsaid;

    private Call(FakeConnection.Head head, JsonNode body) {
      this.head = head;
      this.body = body;
    }

    public String path() {
      return head.path();
    }

    /// By lower-case name.
    public Map<String, String> headers() {
      return head.headers();
    }

    /// The body as text, byte for byte.
    public String text() {
      return head.body();
    }

    /// The body; missing when it is no JSON.
    public JsonNode body() {
      return body;
    }

    /// Whether the client closed the connection before the answer was complete.
    public boolean closedByClient() {
      return left;
    }

    boolean isOpen() {
      return open;
    }

    /// When it came, in milliseconds of a clock of its own.
    long begunMillis() {
      return TimeUnit.NANOSECONDS.toMillis(begun);
    }

    /// When it was answered or left, by the same clock.
    long endedMillis() {
      return TimeUnit.NANOSECONDS.toMillis(ended);
    }

    private void close() {
      ended = System.nanoTime();
      open = false;
    }

    /// The answer is complete as far as the client can see.
    void finished() {
      complete = true;
      close();
    }

    private boolean isChat() {
      return path().endsWith("/chat") || path().endsWith("/chat/completions");
    }
  }

  private FakeUpstream(int port) throws IOException {
    server = socket(port);
    acceptor = acceptor(server);
  }

  private static ServerSocket socket(int port) throws IOException {
    return new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
  }

  private Thread acceptor(ServerSocket socket) {
    return Thread.ofPlatform().daemon().name("fake-upstream").start(() -> accept(socket));
  }

  /// Starts on a free port with these models pulled.
  public static FakeUpstream start(String... models) {
    return start(0, models);
  }

  public static FakeUpstream start(int port, String... models) {
    try {
      var fake = new FakeUpstream(port);
      List.of(models).forEach(name -> fake.pull(FakeModel.of(name)));
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The base URL for Ollama's protocol.
  public URI ollamaUrl() {
    return URI.create("http://localhost:" + server.getLocalPort());
  }

  /// The base URL for OpenAI's protocol.
  public URI openAiUrl() {
    return URI.create(ollamaUrl() + "/v1");
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Makes a model available, or changes it.
  public void pull(FakeModel model) {
    models.put(model.name(), model);
  }

  public void remove(String model) {
    models.remove(model);
    loaded.remove(model);
  }

  /// How long Ollama's requests that load a model take; one whose client leaves loads nothing.
  public void loadTime(Duration time) {
    catalogue.loadTime = time;
  }

  /// Shows a model as loaded by somebody with this context.
  public void load(String model, int context) {
    loaded.put(model, context);
  }

  public void unload(String model) {
    loaded.remove(model);
  }

  void unloadAll() {
    loaded.clear();
  }

  /// What a model answers from now on; without it, it echoes.
  public void answer(String model, Script script) {
    byModel.put(model, script);
  }

  /// What the next chat requests are answered with, one script each, before all else.
  public void next(Script... scripts) {
    next.addAll(List.of(scripts));
  }

  /// Spoils each chat request from now on, until [#heal] or another fault.
  public void inject(Fault fault) {
    inject(FaultInjector.ALL, fault, Integer.MAX_VALUE);
  }

  /// Spoils the next chat requests.
  ///
  /// @param model name of a model, for which this stands over a fault of all
  /// @param calls how many requests are spoilt; later ones are answered well
  /// @throws IllegalArgumentException for [Fault#REFUSE] of one model: a port is closed for all
  public void inject(String model, Fault fault, int calls) {
    inject(fault, new FaultInjector.Target(model, false, 0, calls));
  }

  void inject(Fault fault, FaultInjector.Target target) {
    if (fault != Fault.REFUSE) {
      faults.inject(fault, target);
    } else if (target.model().equals(FaultInjector.ALL)) {
      refuse();
    } else {
      throw new IllegalArgumentException("the port cannot be closed for one model");
    }
  }

  /// Takes no connection any more and refuses none, until [#heal]: the queue of its port is full.
  /// Cuts those that are open.
  public synchronized void deafen() {
    refuse();
    try {
      server = new ServerSocket(server.getLocalPort(), 1, InetAddress.getLoopbackAddress());
      while (knock()) {
        // One more that waits to be taken.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return whether there is still room in the queue of the port
  private boolean knock() throws IOException {
    var knock = new Socket();
    knocks.add(knock);
    try {
      knock.connect(server.getLocalSocketAddress(), KNOCK_MILLIS);
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    }
  }

  /// Ends all faults.
  public void heal() {
    faults.heal();
    listen();
  }

  /// Decides where faults strike. Default: 0.
  public void seed(long seed) {
    faults.seed = seed;
  }

  /// How long slow is: the silence of [Fault#SLOW_FIRST_BYTE], four times the longest of
  /// [Fault#SLOW_TOKENS]. Default: 200 ms.
  public void pause(Duration pause) {
    faults.pause = pause;
  }

  /// Ollama's version. Up to 0.24 its overflow has another wording and no counts.
  public void version(String version) {
    catalogue.version = version;
  }

  /// llama-server's `/props`; absent unless set.
  public void props(String json) {
    catalogue.props = json;
  }

  /// LM Studio's `/api/v0/models`; absent unless set.
  public void lmStudio(String json) {
    catalogue.lmStudio = json;
  }

  /// The answer of `/v1/models` instead of the list of models.
  public void openAiModels(int status, String json) {
    catalogue.listStatus = status;
    catalogue.list = json;
  }

  /// What models without an answer of their own say to a request, instead of the echo.
  public void answerBy(Function<JsonNode, Script> answers) {
    otherwise = (_, body) -> answers.apply(body);
  }

  /// Forgets the requests that are answered.
  public void forget() {
    calls.removeIf(call -> !call.open);
  }

  /// All requests, oldest first.
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /// The requests for a path.
  public List<Call> calls(String path) {
    return calls.stream().filter(call -> call.path().equals(path)).toList();
  }

  /// The chat requests of both protocols.
  public List<Call> chats() {
    return calls.stream().filter(Call::isChat).toList();
  }

  /// Connections that were opened so far.
  public int connections() {
    return opened.get();
  }

  /// Connections that are open now, idle ones included.
  public int openConnections() {
    return connections.size();
  }

  /// Chat requests that are being answered.
  public int openCalls() {
    return (int) calls.stream().filter(call -> call.isChat() && call.open).count();
  }

  /// Chat requests for a model that are being answered.
  public int openCalls(String model) {
    return (int)
        calls.stream()
            .filter(call -> call.isChat() && call.open)
            .filter(call -> call.body().path("model").asString("").equals(model))
            .count();
  }

  /// Chat requests whose client left before the end.
  public int closedByClient() {
    return (int) chats().stream().filter(Call::closedByClient).count();
  }

  /// Waits until a condition on this fake holds.
  ///
  /// @throws AssertionError after the limit
  public void await(Duration limit, String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /// Stops at once: as a killed process, it cuts all connections.
  @Override
  public void close() {
    refuse();
  }

  private synchronized void refuse() {
    try {
      server.close();
    } catch (IOException _) {
      // Closed is what was wanted.
    }
    connections.forEach(FakeConnection::close);
    awaitAcceptor();
  }

  private synchronized void listen() {
    try {
      if (!knocks.isEmpty()) {
        hangUpKnocks();
      }
      if (server.isClosed()) {
        server = socket(server.getLocalPort());
        acceptor = acceptor(server);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void hangUpKnocks() throws IOException {
    server.close();
    for (Socket knock : knocks) {
      knock.close();
    }
    knocks.clear();
  }

  /// The kernel takes connections until the thread that accepts them has let go of the port.
  private void awaitAcceptor() {
    try {
      acceptor.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        if (listening.isClosed()) {
          // Accepted while the port was being closed: a stopped server answers nobody.
          socket.close();
        } else {
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        if (!listening.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (var connection = new FakeConnection(socket)) {
      connections.add(connection);
      opened.incrementAndGet();
      try {
        Optional<FakeConnection.Head> head = connection.read();
        while (head.isPresent() && one(connection, head.get())) {
          head = connection.read();
        }
      } finally {
        connections.remove(connection);
      }
    } catch (IOException | InterruptedException _) {
      // The client left, or the test is over.
    }
  }

  /// Answers on a second thread, while this one watches the client.
  ///
  /// @return whether the client sends another request
  private boolean one(FakeConnection connection, FakeConnection.Head head)
      throws InterruptedException {
    var call = new Call(head, parse(head.body()));
    calls.add(call);
    Thread answer = Thread.ofVirtual().start(() -> answer(connection, call));
    boolean more = connection.awaitNextRequest();
    if (!more && !call.complete) {
      call.left = true;
    }
    answer.join();
    return more && !call.closesUnsaid && !connection.closes();
  }

  private void answer(FakeConnection connection, Call call) {
    try {
      if (call.isChat()) {
        chat(connection, call);
      } else if (FakeControl.isFor(call.path())) {
        control.answer(connection, call.path(), call.body());
      } else {
        catalogue.answer(connection, call.path(), call.body());
      }
    } catch (IOException _) {
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      if (call.open) {
        call.close();
      }
    }
  }

  private void chat(FakeConnection connection, Call call) throws IOException, InterruptedException {
    boolean ollama = call.path().startsWith("/api/");
    String name = call.body().path("model").asString("");
    Script script = faults.apply(script(call, name, ollama), ollama, call.body());
    call.closesUnsaid = script.transport().closesUnsaid();
    connection.use(script.transport());
    if (!script.beforeHeaders().isZero() && !connection.silence(script.beforeHeaders())) {
      return;
    }
    if (script.status() == 0) {
      call.finished();
      connection.close();
    } else if (script.status() == 200 && script.body().isEmpty()) {
      loaded.put(name, call.body().path("options").path("num_ctx").asInt(4096));
      new FakeAnswer(connection, Voice.of(ollama, name, call.body()), script, call).play();
    } else {
      call.finished();
      connection.respond(script.status(), "application/json", script.body());
    }
  }

  private Script script(Call call, String name, boolean ollama) {
    Script given = next.poll();
    if (given != null) {
      return given;
    }
    @Nullable FakeModel model = models.get(name);
    if (model == null) {
      return FakeErrors.missing(name, ollama);
    }
    if (ollama && call.body().path("tools").size() > 0 && !model.can("tools")) {
      String refusal = "\"" + name + "\" does not support tools";
      return Script.status(400, FakeErrors.body(true, 400, refusal));
    }
    if (ollama && call.body().path("messages").isEmpty()) {
      return Script.of(new Script.Step.Done("load"));
    }
    int context = call.body().path("options").path("num_ctx").asInt(Integer.MAX_VALUE);
    int tokens = FakeAnswer.roughTokens(call.body());
    if (ollama && tokens >= Math.min(context, model.context())) {
      return FakeErrors.overflow(tokens, Math.min(context, model.context()), catalogue.version);
    }
    Script ofModel = byModel.get(name);
    return ofModel == null ? otherwise.apply(name, call.body()) : ofModel;
  }

  private static JsonNode parse(String body) {
    try {
      return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
    } catch (JacksonException _) {
      return MissingNode.getInstance();
    }
  }

  /// Runs by hand; see `scripts/fake-upstream --help`.
  public static void main(String[] args) throws InterruptedException {
    Map<String, String> options = options(args);
    String[] names =
        options.getOrDefault("--models", "qwen3:30b-a3b,qwen2.5-coder:32b").split(",", -1);
    FakeUpstream fake = start(Integer.parseInt(options.getOrDefault("--port", "11434")), names);
    fake.seed(Long.parseLong(options.getOrDefault("--seed", "0")));
    fake.pause(Duration.ofMillis(Long.parseLong(options.getOrDefault("--pause", "200"))));
    System.out.println(
        "Ollama protocol: " + fake.ollamaUrl() + "   OpenAI protocol: " + fake.openAiUrl());
    System.out.println("Models: " + String.join(", ", names));
    @Nullable String fault = options.get("--fault");
    if (fault != null) {
      fake.inject(Fault.of(fault));
      System.out.println("Fault: " + fault);
    }
    Thread.currentThread().join();
  }

  private static Map<String, String> options(String[] args) {
    var known = Set.of("--port", "--models", "--fault", "--seed", "--pause");
    var options = new HashMap<String, String>();
    for (int i = 0; i < args.length; i += 2) {
      if (!known.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("unknown option or no value: " + args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }
}
