package dev.memoryrouter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.admission.ModelId;
import dev.memoryrouter.admission.QueueView;
import dev.memoryrouter.files.AtomicFiles;
import dev.memoryrouter.files.Environment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real server in this process: its own folder with the shipped configuration, a small memory
/// bank and an index, on a free port.
public final class TestServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Vectors of the shipped examples, kept over servers and runs: to embed them takes each server
  /// some seconds.
  private static final Path KEPT_EXAMPLES = Path.of("target/examples.log");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path root;
  private final Map<String, String> environment;
  private Server server;

  private TestServer(Path root, Map<String, String> environment, Server server) {
    this.root = root;
    this.environment = environment;
    this.server = server;
  }

  /// Starts a server.
  ///
  /// @param root an empty folder
  /// @param ollama base URL of a stand-in, or of nothing
  /// @param extra environment variables over the defaults
  public static TestServer start(Path root, URI ollama, Map<String, String> extra)
      throws IOException {
    prepare(root);
    Map<String, String> environment = new HashMap<>();
    environment.put("OLLAMA_BASE_URL", ollama.toString());
    environment.put("APP_PORT", Integer.toString(freePort()));
    environment.putAll(extra);
    Server server = Server.start(new Components(root, Environment.of(environment), true));
    return new TestServer(root, environment, server);
  }

  /// Copies the shipped configuration and writes a small bank, unless they are there.
  static void prepare(Path root) throws IOException {
    copyTree(Path.of("config"), root.resolve("config"));
    Path examples = examples(root);
    if (Files.exists(KEPT_EXAMPLES) && !Files.exists(examples)) {
      Files.createDirectories(examples.getParent());
      Files.copy(KEPT_EXAMPLES, examples);
    }
    Path bank = root.resolve("memory-bank");
    if (!Files.exists(bank)) {
      Files.createDirectories(bank);
      Files.writeString(
          bank.resolve("projectbrief.md"),
          "# Brief\n\nA tracker for parcels. It warns when a parcel is late.\n");
      Files.writeString(
          bank.resolve("techContext.md"),
          "# Tech\n\n## Retries\n\nThe carrier client retries with jitter and honours Retry-After.\n\n## Storage\n\nEvents live in PostgreSQL, one table per month.\n");
    }
  }

  private static Path examples(Path root) {
    return root.resolve("vector-stores/state/examples.log");
  }

  /// Keeps what this server learnt if it is more than what was kept.
  private static synchronized void keepExamples(Path root) throws IOException {
    Path examples = examples(root);
    if (Files.exists(examples) && Files.size(examples) > keptBytes()) {
      AtomicFiles.write(KEPT_EXAMPLES, Files.readAllBytes(examples));
    }
  }

  private static long keptBytes() throws IOException {
    return Files.exists(KEPT_EXAMPLES) ? Files.size(KEPT_EXAMPLES) : 0;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!Files.exists(target)) {
          Files.copy(file, target);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  public Path root() {
    return root;
  }

  public String url() {
    return server.url();
  }

  /// Stops the server and starts it again on the same folder and port.
  public void restart() {
    server.close();
    awaitPortFree(URI.create(url()).getPort());
    server = Server.start(new Components(root, Environment.of(environment), true));
  }

  /// The event loop lets go of the port some time after the server has stopped.
  private static void awaitPortFree(int port) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> {
          try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.isBound();
          }
        });
  }

  /// Waits until the embedding model is there and the index is up to date.
  public void awaitIndex() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          JsonNode bank = getJson("/health").path("components").path("memory_bank");
          return bank.path("last_indexed").isString()
              && bank.path("embedded_share").asDouble() == 1;
        });
  }

  /// What the models' slots do now.
  record Slots(int running, int waiting) {
    static final Slots FREE = new Slots(0, 0);
  }

  /// Reads the slots past HTTP, which may itself be busy.
  Slots slots() {
    QueueView.Totals totals = server.components().admission().totals();
    return new Slots(totals.running(), totals.waiting());
  }

  /// The slots of one model on one upstream.
  Slots slots(String upstream, String model) {
    var id = new ModelId(upstream, model);
    return server.components().admission().view().models().stream()
        .filter(line -> line.id().equals(id))
        .findFirst()
        .map(line -> new Slots(line.running(), line.waiting().size()))
        .orElse(Slots.FREE);
  }

  /// Waits until the slots do just this.
  void awaitSlots(Duration limit, Slots expected) {
    Awaitility.await()
        .atMost(limit)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(slots()).isEqualTo(expected));
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).GET().build());
  }

  public JsonNode getJson(String path) throws IOException, InterruptedException {
    return JSON.readTree(get(path).body());
  }

  public HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  public JsonNode postJson(String path, String body) throws IOException, InterruptedException {
    return JSON.readTree(post(path, body).body());
  }

  public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  public URI uri(String path) {
    return URI.create(url() + path);
  }

  /// A chat request whose answer is read line by line; closing it leaves the server.
  public Streaming stream(String body) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(uri("/v1/chat/completions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofInputStream());
    return new Streaming(response);
  }

  /// A streamed answer.
  public static final class Streaming implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader reader;

    private Streaming(HttpResponse<InputStream> response) {
      this.response = response;
      reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
    }

    public int status() {
      return response.statusCode();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /// Everything to the end as it is.
    public String body() throws IOException {
      return new String(response.body().readAllBytes(), UTF_8);
    }

    /// All lines to the end, without the blank ones.
    public List<String> lines() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          lines.add(line);
        }
      }
      return lines;
    }

    /// The next line that is not blank.
    public String line() throws IOException {
      String line = reader.readLine();
      while (line != null && line.isBlank()) {
        line = reader.readLine();
      }
      assertThat(line).isNotNull();
      return line == null ? "" : line;
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  @Override
  public void close() {
    server.close();
    // A test that fails leaves streams unread, for whose end close() alone would wait.
    http.shutdownNow();
    http.close();
    try {
      keepExamples(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
