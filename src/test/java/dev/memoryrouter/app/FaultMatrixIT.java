package dev.memoryrouter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each fault of an upstream × streamed or whole × both protocols, through the whole server with
/// one model. After each: the answer ended once and as it must, nothing is open at the upstream,
/// the slot is free, and the log warns of what happened and of nothing else.
/// `scripts/fault-matrix.sh` prints the outcome as a table.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixIT {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Path TABLE = Path.of("target", "fault-matrix.md");
  private static final String ROUTING = "default: qwen3\n";

  /// Who warns of a call that failed or an upstream that is gone.
  private static final String EXPECTED = ".*\\.(ChatAnswerer|CachedSnapshot|AnswerEvents)";

  /// Idle connections of the pool: one for calls, one for questions.
  private static final int POOLED = 2;

  private final Map<Mode, Map<Fault, String>> cells = new EnumMap<>(Mode.class);
  private final FakeUpstream fake = FakeUpstream.start("m");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Map<Protocol, TestServer> servers = new EnumMap<>(Protocol.class);

  private enum Protocol {
    OLLAMA,
    OPENAI;

    String label() {
      return this == OLLAMA ? "ollama" : "openai";
    }
  }

  enum Mode {
    OLLAMA_STREAM(Protocol.OLLAMA, true),
    OLLAMA_WHOLE(Protocol.OLLAMA, false),
    OPENAI_STREAM(Protocol.OPENAI, true),
    OPENAI_WHOLE(Protocol.OPENAI, false);

    private final Protocol protocol;
    private final boolean stream;

    Mode(Protocol protocol, boolean stream) {
      this.protocol = protocol;
      this.stream = stream;
    }
  }

  /// How an answer ended.
  ///
  /// @param status of the response
  /// @param end finish reason, or code of the error: a word in a body, a number in a stream
  private record Ended(int status, String end) {
    String cell() {
      boolean event = status == 200 && end.matches("[0-9]+");
      return event ? "200, then error " + end : status + " " + end;
    }
  }

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    fake.pause(Duration.ofMillis(40));
    for (Protocol protocol : Protocol.values()) {
      servers.put(protocol, start(protocol, root.resolve(protocol.label())));
    }
    log.start();
    ((Logger) LoggerFactory.getLogger("dev.memoryrouter")).addAppender(log);
  }

  private TestServer start(Protocol protocol, Path root) throws IOException {
    Path config = Files.createDirectories(root.resolve("config"));
    String url = (protocol == Protocol.OLLAMA ? fake.ollamaUrl() : fake.openAiUrl()).toString();
    Files.writeString(config.resolve("models.yaml"), models(protocol, url));
    Files.writeString(config.resolve("routing.yaml"), ROUTING);
    return TestServer.start(root, fake.ollamaUrl(), Map.of());
  }

  private static String models(Protocol protocol, String url) {
    return """
    upstreams:
      up:
        type: %s
        base-url: "%s"
        first-byte-timeout: 800ms
        idle-timeout: 600ms
        circuit: {minimum-calls: 1000}
    models:
      qwen3: {upstream: up, name: m, context: 16384, tokenizer: qwen, repair-tool-calls: true}
    """
        .formatted(protocol.label(), url);
  }

  @AfterAll
  void stop() throws IOException {
    ((Logger) LoggerFactory.getLogger("dev.memoryrouter")).detachAppender(log);
    servers.values().forEach(TestServer::close);
    fake.close();
    Files.createDirectories(TABLE.getParent());
    Files.writeString(TABLE, table(), UTF_8);
  }

  static Stream<Arguments> matrix() {
    return Stream.of(Fault.values())
        .flatMap(fault -> Stream.of(Mode.values()).map(mode -> Arguments.of(fault, mode)));
  }

  @BeforeEach
  void awaitUpstream() {
    for (TestServer server : servers.values()) {
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              server
                  .getJson("/health")
                  .at("/components/upstreams/models/0/state")
                  .asString()
                  .equals("available"));
    }
    log.list.clear();
  }

  @AfterEach
  void heal() {
    fake.heal();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void chat_fault_endsOnceAsItMustAndLeavesNothing(Fault fault, Mode mode) throws Exception {
    TestServer server = Objects.requireNonNull(servers.get(mode.protocol));
    fake.inject(fault);

    HttpResponse<String> answer = server.post("/v1/chat/completions", body(mode.stream));

    Ended ended = ended(answer, mode.stream);
    assertThat(ended).isEqualTo(expected(fault, mode.stream));
    fake.await(LIMIT, "no open call", () -> fake.openCalls() == 0);
    fake.await(LIMIT, "no open connection", () -> fake.openConnections() <= 2 * POOLED);
    awaitFreeSlot(server);
    assertThat(outcome(server, answer)).startsWith(isGood(ended) ? "answered" : "failed: ");
    assertThat(unexpected(fault)).isEmpty();
    if (fault == Fault.UNHEALTHY_THEN_HEALTHY) {
      assertThat(server.post("/v1/chat/completions", body(mode.stream)).statusCode())
          .isEqualTo(503);
      assertThat(server.post("/v1/chat/completions", body(mode.stream)).statusCode())
          .isEqualTo(200);
    }
    cells.computeIfAbsent(mode, _ -> new EnumMap<>(Fault.class)).put(fault, ended.cell());
  }

  private static String body(boolean stream) {
    return """
    {"model":"qwen3","stream":%s,"messages":[{"role":"user","content":"Read the file"}],
    "tools":[{"type":"function","function":{"name":"read_file","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}]}\
    """
        .formatted(stream);
  }

  private static Ended ended(HttpResponse<String> answer, boolean stream) {
    if (stream && answer.statusCode() == 200) {
      StreamRules.Streamed streamed = StreamRules.chat(answer.body(), false);
      JsonNode error = streamed.error();
      return new Ended(
          200,
          error == null
              ? String.valueOf(streamed.finish())
              : Integer.toString(error.path("code").intValue()));
    }
    JsonNode json = JsonMapper.shared().readTree(answer.body());
    if (answer.statusCode() == 200) {
      return new Ended(200, json.at("/choices/0/finish_reason").asString());
    }
    assertThat(json.path("error").propertyNames())
        .containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(json.at("/error/message").asString()).contains("up").containsAnyOf("'m'", "qwen3");
    assertThat(answer.headers().firstValue("x-should-retry")).isPresent();
    return new Ended(answer.statusCode(), json.at("/error/code").asString());
  }

  private static boolean isGood(Ended ended) {
    return List.of("stop", "length", "tool_calls").contains(ended.end());
  }

  private static Ended expected(Fault fault, boolean stream) {
    return switch (fault.effect()) {
      case WHOLE -> new Ended(200, fault == Fault.PRINTED_TOOL_CALL ? "tool_calls" : "stop");
      case LENGTH -> new Ended(200, "length");
      case BEFORE_OUTPUT -> failed(fault);
      case WITHIN_OUTPUT ->
          stream ? new Ended(200, Integer.toString(failed(fault).status())) : failed(fault);
    };
  }

  private static Ended failed(Fault fault) {
    return switch (fault) {
      case HANG, HANG_MID_STREAM -> new Ended(504, "upstream_timeout");
      case REFUSE -> new Ended(503, "no_model_available");
      case NOT_FOUND -> new Ended(503, "model_not_pulled");
      case TOO_MANY_REQUESTS, UNAVAILABLE, UNHEALTHY_THEN_HEALTHY ->
          new Ended(503, "upstream_busy");
      case SERVER_ERROR, ERROR_AT_ONCE, ERROR_MID_STREAM -> new Ended(502, "upstream_error");
      case HANG_UP, END_MID_STREAM, DROP_MID_STREAM, MALFORMED_JSON, WRONG_CONTENT_TYPE ->
          new Ended(502, "upstream_broken");
      case EMPTY, REASONING_ONLY -> new Ended(502, "empty_response");
      default -> throw new IllegalArgumentException(fault + " harms no answer");
    };
  }

  private static void awaitFreeSlot(TestServer server) {
    Awaitility.await()
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> {
          JsonNode queue = server.getJson("/health").at("/components/queue");
          return queue.path("running").asInt(-1) == 0 && queue.path("waiting").asInt(-1) == 0;
        });
  }

  private static String outcome(TestServer server, HttpResponse<String> answer) throws Exception {
    String id = answer.headers().firstValue("x-request-id").orElse("");
    return server.getJson("/v1/router/requests/" + id).path("outcome").asString();
  }

  /// Warnings that say something else than that a call failed or an upstream is gone.
  private List<String> unexpected(Fault fault) {
    boolean mayWarn = fault.effect() != Fault.Effect.WHOLE || fault == Fault.TRUNCATED_PROMPT;
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .filter(event -> event.getLoggerName().matches(".*\\.(api|chat|upstream|admission)\\..*"))
        .filter(event -> !mayWarn || !event.getLoggerName().matches(EXPECTED))
        .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
        .toList();
  }

  private String table() {
    var table = new StringBuilder("| fault |");
    for (Mode mode : Mode.values()) {
      table
          .append(' ')
          .append(mode.protocol.label())
          .append(mode.stream ? ", streamed |" : ", whole |");
    }
    table.append("\n|---").repeat("|---", Mode.values().length).append("|\n");
    int green = 0;
    for (Fault fault : Fault.values()) {
      table.append("| ").append(fault.label()).append(" |");
      for (Mode mode : Mode.values()) {
        String cell = cells.getOrDefault(mode, Map.of()).get(fault);
        green += cell == null ? 0 : 1;
        table.append(' ').append(cell == null ? "**wrong**" : cell).append(" |");
      }
      table.append('\n');
    }
    int all = Fault.values().length * Mode.values().length;
    return table
        .append(
            "\n%d faults × %d modes: %d of %d as they must be.%n"
                .formatted(Fault.values().length, Mode.values().length, green, all))
        .toString();
  }
}
