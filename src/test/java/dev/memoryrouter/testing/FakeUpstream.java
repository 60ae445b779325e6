package dev.memoryrouter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A model server over real HTTP that speaks Ollama's and OpenAI's protocol and does what a test
/// tells it to. Records each request, and sees when a client leaves. All settings may change while
/// it runs.
public final class FakeUpstream implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final ServerSocket server;
  private final Thread acceptor;
  private final Set<FakeConnection> connections = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, FakeModel> models = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> loaded = new ConcurrentHashMap<>();
  private final Map<String, Script> byModel = new ConcurrentHashMap<>();
  private final Queue<Script> next = new ConcurrentLinkedQueue<>();
  private final FakeCatalogue catalogue = new FakeCatalogue(models, loaded);
  private final AtomicInteger opened = new AtomicInteger();
  private volatile boolean closed;

  /// A request that was received.
  public static final class Call {
    private final FakeConnection.Head head;
    private final JsonNode body;
    private volatile boolean open = true;
    private volatile boolean left;

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

    /// The answer is complete as far as the client can see.
    void finished() {
      open = false;
    }

    private boolean isChat() {
      return path().endsWith("/chat") || path().endsWith("/chat/completions");
    }
  }

  private FakeUpstream(int port) throws IOException {
    server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
    acceptor = Thread.ofPlatform().daemon().name("fake-upstream").start(this::accept);
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

  /// What a model answers from now on; without it, it echoes.
  public void answer(String model, Script script) {
    byModel.put(model, script);
  }

  /// What the next chat requests are answered with, one script each, before all else.
  public void next(Script... scripts) {
    next.addAll(List.of(scripts));
  }

  public void version(String version) {
    catalogue.version = version;
  }

  /// llama-server's `/props`; absent unless set.
  public void props(String json) {
    catalogue.props = json;
  }

  /// The answer of `/v1/models` instead of the list of models.
  public void openAiModels(int status, String json) {
    catalogue.listStatus = status;
    catalogue.list = json;
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

  /// Chat requests that are being answered.
  public int openCalls() {
    return (int) calls.stream().filter(call -> call.isChat() && call.open).count();
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
    closed = true;
    try {
      server.close();
    } catch (IOException _) {
      // Closed is what was wanted.
    }
    connections.forEach(FakeConnection::close);
    awaitAcceptor();
  }

  /// The kernel takes connections until the thread that accepts them has let go of the port.
  private void awaitAcceptor() {
    try {
      acceptor.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = server.accept();
        if (closed) {
          // Accepted while the port was being closed: a stopped server answers nobody.
          socket.close();
        } else {
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        if (!closed) {
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
    if (!more && call.open) {
      call.left = true;
    }
    answer.join();
    return more;
  }

  private void answer(FakeConnection connection, Call call) {
    try {
      if (call.isChat()) {
        chat(connection, call);
      } else {
        catalogue.answer(connection, call.path(), call.body());
      }
    } catch (IOException _) {
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      call.open = false;
    }
  }

  private void chat(FakeConnection connection, Call call) throws IOException, InterruptedException {
    boolean ollama = call.path().startsWith("/api/");
    String name = call.body().path("model").asString("");
    Script script = script(call, name, ollama);
    if (!script.beforeHeaders().isZero() && !connection.silence(script.beforeHeaders())) {
      return;
    }
    if (script.status() == 0) {
      call.open = false;
      connection.close();
    } else if (script.status() == 200) {
      loaded.put(name, call.body().path("options").path("num_ctx").asInt(4096));
      new FakeAnswer(connection, Voice.of(ollama, name, call.body()), script, call).play();
    } else {
      call.open = false;
      connection.respond(script.status(), "application/json", script.errorBody());
    }
  }

  private Script script(Call call, String name, boolean ollama) {
    Script given = next.poll();
    if (given != null) {
      return given;
    }
    @Nullable FakeModel model = models.get(name);
    if (model == null) {
      return missing(name, ollama);
    }
    if (ollama && call.body().path("tools").size() > 0 && !model.can("tools")) {
      return Script.status(400, error("\"" + name + "\" does not support tools"));
    }
    if (ollama && call.body().path("messages").isEmpty()) {
      return Script.of(new Script.Step.Done("load"));
    }
    int context = call.body().path("options").path("num_ctx").asInt(Integer.MAX_VALUE);
    int tokens = FakeAnswer.roughTokens(call.body());
    if (ollama && tokens >= Math.min(context, model.context())) {
      return overflow(tokens, Math.min(context, model.context()));
    }
    return byModel.getOrDefault(name, FakeAnswer.echo(name, call.body()));
  }

  private static Script missing(String name, boolean ollama) {
    if (ollama) {
      return Script.status(404, error("model '" + name + "' not found"));
    }
    ObjectNode error = JSON.createObjectNode();
    error
        .putObject("error")
        .put("message", "The model `" + name + "` does not exist.")
        .put("type", "NotFoundError")
        .put("code", 404);
    return Script.status(404, error.toString());
  }

  /// As Ollama from version 0.30 on: llama-server's JSON as a string, twice.
  private static Script overflow(int tokens, int context) {
    ObjectNode inner = JSON.createObjectNode();
    inner
        .putObject("error")
        .put("code", 400)
        .put(
            "message",
            "request (%d tokens) exceeds the available context size (%d tokens), try increasing it"
                .formatted(tokens, context))
        .put("type", "exceed_context_size_error")
        .put("n_prompt_tokens", tokens)
        .put("n_ctx", context);
    return Script.status(400, error(inner.toString()));
  }

  static String error(String message) {
    return JSON.createObjectNode().put("error", message).toString();
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
    int port = 11_434;
    List<String> names = new ArrayList<>(List.of("qwen3:30b-a3b", "qwen2.5-coder:32b"));
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--port" -> port = Integer.parseInt(args[i + 1]);
        case "--models" -> names = List.of(args[i + 1].split(",", -1));
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    FakeUpstream fake = start(port, names.toArray(String[]::new));
    System.out.println(
        "Ollama protocol: " + fake.ollamaUrl() + "   OpenAI protocol: " + fake.openAiUrl());
    System.out.println("Models: " + String.join(", ", names));
    Thread.currentThread().join();
  }
}
