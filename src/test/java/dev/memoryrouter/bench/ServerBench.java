package dev.memoryrouter.bench;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real server as its own process, started by `scripts/memory-router serve`, before a stand-in
/// for Ollama: how long it takes to start, and what it adds to a request.
final class ServerBench implements AutoCloseable {
  private static final String MODEL = "qwen2.5-coder:32b";
  private static final int STARTS = 3;
  private static final int WARM_UP = 150;
  private static final int REQUESTS = 200;
  private static final int LONG_TOKENS = 20_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeUpstream ollama = FakeUpstream.start();
  private final List<String> lines = new ArrayList<>();
  private final Path folder;
  private final int port;

  private ServerBench(Path folder) throws IOException {
    this.folder = folder;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ollama.pull(FakeModel.of(MODEL).withContext(131_072));
    Path bank = Files.createDirectories(folder.resolve("memory-bank"));
    Files.writeString(
        bank.resolve("techContext.md"),
        "# Tech\n\n## Retries\n\nThe carrier client retries with jitter and honours Retry-After.\n");
  }

  /// Figures as Markdown.
  ///
  /// @param folder for a bank and an index
  static List<String> lines(Path folder) throws IOException, InterruptedException {
    try (var bench = new ServerBench(folder)) {
      bench.starts();
      bench.requests();
      return bench.lines;
    }
  }

  private void starts() throws IOException, InterruptedException {
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long begin = System.nanoTime();
      Process server = serve();
      awaitOk("/health/readiness");
      seconds[i] = (System.nanoTime() - begin) / 1e9;
      stop(server);
    }
    lines.add("| server start, command to ready | seconds |");
    lines.add("|---|---|");
    lines.add(
        "| median of %d | %s |".formatted(STARTS, Figures.format(Figures.quantile(seconds, 0.5))));
    lines.add("");
  }

  private Process serve() throws IOException {
    var builder = new ProcessBuilder("scripts/memory-router", "serve");
    builder
        .environment()
        .putAll(
            Map.of(
                "APP_PORT", Integer.toString(port),
                "OLLAMA_BASE_URL", ollama.ollamaUrl().toString(),
                "MEMORY_BANK_PATH", folder.resolve("memory-bank").toString(),
                "VECTOR_STORE_PATH", folder.resolve("index").toString()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("server.log").toFile())
        .start();
  }

  private static void stop(Process server) throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  private void awaitOk(String path) throws InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!isOk(path)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no answer from " + path + "; see " + folder);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private boolean isOk(String path) throws InterruptedException {
    try {
      return get(path).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(router(path)).build(), BodyHandlers.ofString());
  }

  private void requests() throws IOException, InterruptedException {
    Process server = serve();
    try {
      awaitOk("/health/readiness");
      awaitModel();
      lines.add(
          "| request, median (95th percentile) in ms | straight to the stand-in | through the server | added |");
      lines.add("|---|---|---|---|");
      compare("a short question with a memory search", shortBody());
      compare(
          "a Cline conversation of 20,000 tokens, sent again",
          LongPrompt.body(LONG_TOKENS).toString());
      lines.add("");
    } finally {
      stop(server);
    }
  }

  private void awaitModel() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode components = JsonMapper.shared().readTree(get("/health").body()).path("components");
      if (components.path("memory_bank").path("embedded_share").asDouble(0) == 1
          && components.path("upstreams").toString().contains("available")) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IllegalStateException("the server found no model; see " + folder);
  }

  private static String shortBody() {
    return """
    {"model": "cline-memory-router", "stream": true, "messages":
      [{"role": "user", "content": "How does the carrier client retry after an error?"}]}
    """;
  }

  /// Both ways take turns, so that what else runs on the machine weighs on both.
  private void compare(String what, String body) throws IOException, InterruptedException {
    String upstreamBody = body.replace("cline-memory-router", MODEL);
    URI straight = URI.create(ollama.openAiUrl() + "/chat/completions");
    double[] direct = new double[REQUESTS];
    double[] routed = new double[REQUESTS];
    for (int i = -WARM_UP; i < REQUESTS; i++) {
      double first = millis(straight, upstreamBody);
      double second = millis(router("/v1/chat/completions"), body);
      if (i >= 0) {
        direct[i] = first;
        routed[i] = second;
      }
    }
    lines.add(
        "| %s | %s (%s) | %s (%s) | %s |"
            .formatted(
                what,
                Figures.format(Figures.quantile(direct, 0.5)),
                Figures.format(Figures.quantile(direct, 0.95)),
                Figures.format(Figures.quantile(routed, 0.5)),
                Figures.format(Figures.quantile(routed, 0.95)),
                Figures.format(Figures.quantile(routed, 0.5) - Figures.quantile(direct, 0.5))));
  }

  private double millis(URI uri, String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    long begin = System.nanoTime();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    double millis = (System.nanoTime() - begin) / 1e6;
    if (answer.statusCode() != 200 || !answer.body().contains("[DONE]")) {
      throw new IllegalStateException(
          uri + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return millis;
  }

  private URI router(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Override
  public void close() {
    http.close();
    ollama.close();
  }
}
