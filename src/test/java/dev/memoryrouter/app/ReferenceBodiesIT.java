package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The example bodies of real agents, sent as they are but for the model's name, and read with
/// OpenAI's own Java client.
class ReferenceBodiesIT {
  private static final Path BODIES = Path.of("../shared/reference/cline-requests");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final FakeUpstream ollama = FakeUpstream.start();
  @TempDir Path root;

  @BeforeEach
  void pull() {
    ollama.pull(FakeModel.of("qwen3:30b-a3b").withCapabilities("completion", "tools"));
    ollama.pull(FakeModel.of("qwen2.5-coder:32b").withCapabilities("completion", "tools"));
    ollama.pull(FakeModel.of("llama4:16x17b").withCapabilities("completion", "tools", "vision"));
  }

  @AfterEach
  void stop() {
    ollama.close();
  }

  @ParameterizedTest
  @CsvSource({
    "a-act-first-turn-xml.json, 1, cline, first",
    "b-act-turn4-xml-tool-results.json, 7, cline, human",
    "c-plan-native-tools-image.json, 7, cline, human",
    "d-bonus-cline4-sdk-act.json, 5, cline-sdk, human",
    "e-bonus-roo-code-native.json, 1, roo, tool-loop"
  })
  void bankSetByHand_bodyIsRoutedGetsMemoryAndStreamsBack(
      String file, int carrier, String client, String turn) throws Exception {
    ObjectNode body = body(file);
    boolean tools = body.has("tools");
    try (TestServer server = server(Map.of("MEMORY_BANK_PATH", "memory-bank"))) {
      ollama.next(
          tools
              ? Script.tool("read_file", "{\"path\":\"a\"}").counting(321, 7)
              : Script.text("All ", "done.").counting(321, 7));
      ChatCompletion answer = complete(server, body);

      assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(321);
      if (tools) {
        assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow()).hasSize(1);
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
      } else {
        assertThat(answer.choices().getFirst().message().content()).hasValue("All done.");
      }
      JsonNode explained = server.postJson("/v1/router/explain", body.toString());
      assertThat(explained.path("client").asString()).isEqualTo(client);
      assertThat(explained.path("turn").asString()).isEqualTo(turn);
      JsonNode messages = ollama.chats().getLast().body().path("messages");
      for (int i = 0; i < messages.size(); i++) {
        boolean carries =
            messages.get(i).path("content").asString("").contains("<memory_bank note=");
        assertThat(carries).as("memory in message %d", i).isEqualTo(i == carrier);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a-act-first-turn-xml.json",
    "b-act-turn4-xml-tool-results.json",
    "c-plan-native-tools-image.json",
    "d-bonus-cline4-sdk-act.json",
    "e-bonus-roo-code-native.json"
  })
  void noBankForTheWorkspace_bodyGetsNoMemoryAndTheHeaderSaysSo(String file) throws Exception {
    ObjectNode body = body(file);
    try (TestServer server = server(Map.of());
        TestServer.Streaming answer = server.stream(body.toString())) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("x-router-memory")).isEqualTo("sections=0; tokens=0");
      assertThat(answer.header("x-router-degraded")).contains("memory=no-bank-for-workspace");
      assertThat(answer.lines()).last().isEqualTo("data: [DONE]");
      assertThat(ollama.chats().getLast().text()).doesNotContain("<memory_bank");
    }
  }

  private TestServer server(Map<String, String> extra) throws IOException {
    Map<String, String> environment = new HashMap<>(extra);
    Path bank = Files.createDirectories(root.resolve("memory-bank"));
    Files.writeString(
        bank.resolve("techContext.md"),
        "# Tech\n\n## Retries\n\nTrackingClient retries four times and honours Retry-After.\n\n## Build\n\nThe build uses two JSON libraries because of the legacy carrier.\n\n## Status page\n\nThe status page shows parcel events that are delayed.\n\n## Left to do\n\nThe retry work is what is left to do.\n");
    TestServer server = TestServer.start(root, ollama.ollamaUrl(), environment);
    server.awaitIndex();
    return server;
  }

  private static ObjectNode body(String file) throws IOException {
    Path path = BODIES.resolve(file);
    Assumptions.assumeTrue(Files.exists(path), "no example bodies beside this checkout: skipped");
    ObjectNode body = (ObjectNode) JSON.readTree(Files.readString(path));
    return body.put("model", "cline-memory-router");
  }

  /// Sends the body through OpenAI's client and puts the streamed answer together.
  private static ChatCompletion complete(TestServer server, ObjectNode body) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(server.url() + "/v1")
            .apiKey("any")
            .maxRetries(0)
            .build();
    ChatCompletionCreateParams.Builder params =
        ChatCompletionCreateParams.builder().model("cline-memory-router").messages(List.of());
    Map<String, JsonValue> raw = new HashMap<>();
    body.properties()
        .forEach(entry ->
            raw.put(
                entry.getKey(), JsonValue.from(JSON.treeToValue(entry.getValue(), Object.class))));
    raw.remove("stream");
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    try (StreamResponse<ChatCompletionChunk> stream =
        client
            .chat()
            .completions()
            .createStreaming(params.putAllAdditionalBodyProperties(raw).build())) {
      stream.stream().peek(accumulator::accumulate).forEach(chunks::add);
    } finally {
      client.close();
    }
    assertThat(chunks).isNotEmpty();
    return accumulator.chatCompletion();
  }
}
