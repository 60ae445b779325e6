package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The form of answers, whole and streamed, of models behind both protocols: `qwen3` answers over
/// OpenAI's, `qwen2.5-coder` over Ollama's.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswerShapeIT {
  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"list\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}},"
          + "{\"type\":\"function\",\"function\":{\"name\":\"read\",\"parameters\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}}}]";

  private final FakeUpstream upstream = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    upstream.pull(FakeModel.of("qwen3:30b-a3b").withCapabilities("completion", "tools"));
    upstream.pull(FakeModel.of("qwen2.5-coder:32b").withCapabilities("completion", "tools"));
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), models());
    server = TestServer.start(root, upstream.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  private String models() throws IOException {
    return Files.readString(Path.of("config/models.yaml"))
        .replaceFirst(
            "upstreams:\n",
            "upstreams:\n  box: {type: openai, base-url: \"%s\"}\n".formatted(upstream.openAiUrl()))
        .replaceFirst("qwen3:\n    upstream: ollama", "qwen3:\n    upstream: box")
        .replaceFirst("capabilities: \\[tools]", "capabilities: [tools, thinking]");
  }

  @AfterAll
  void stop() {
    server.close();
    upstream.close();
  }

  private static String chat(String model, String more) {
    return "{\"model\":\"%s\",%s\"messages\":[{\"role\":\"user\",\"content\":\"Do it\"}]}"
        .formatted(model, more);
  }

  private StreamRules.Streamed streamed(String model, String more) throws Exception {
    HttpResponse<String> answer = server.post(CHAT, chat(model, "\"stream\":true," + more));
    assertThat(answer.statusCode()).isEqualTo(200);
    return StreamRules.chat(answer.body(), more.contains("include_usage"));
  }

  private JsonNode whole(String model, String more) throws Exception {
    JsonNode answer = server.postJson(CHAT, chat(model, more));
    assertThat(answer.propertyNames())
        .containsExactlyInAnyOrder("id", "object", "created", "model", "choices", "usage");
    assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
    assertThat(answer.path("id").asString()).startsWith("chatcmpl-");
    assertThat(answer.path("model").asString()).isEqualTo(model);
    return answer.at("/choices/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5-coder"})
  void text_isTheSameStreamedAndWhole(String model) throws Exception {
    upstream.next(Script.text("Two ", "\n\ndata: words\r\n", " 🙂"));
    StreamRules.Streamed streamed = streamed(model, "\"stream_options\":{\"include_usage\":true},");
    upstream.next(Script.text("Two ", "\n\ndata: words\r\n", " 🙂"));
    JsonNode choice = whole(model, "");

    assertThat(streamed.text()).isEqualTo("Two \n\ndata: words\r\n 🙂");
    assertThat(streamed.finish()).isEqualTo("stop");
    assertThat(streamed.comments()).isEmpty();
    assertThat(choice.path("message").propertyNames())
        .containsExactlyInAnyOrder("role", "content", "refusal");
    assertThat(choice.at("/message/content").asString()).isEqualTo(streamed.text());
    assertThat(choice.at("/message/refusal").isNull()).isTrue();
    assertThat(choice.path("logprobs").isNull()).isTrue();
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void modelInfo_saysWhoCanReason() throws Exception {
    JsonNode models = server.getJson("/v1/model/info").path("data");

    assertThat(
            models.values().stream()
                .filter(model -> model.at("/model_info/supports_reasoning").booleanValue())
                .map(model -> model.path("model_name").asString()))
        .contains("qwen3", "cline-memory-router")
        .doesNotContain("qwen2.5-coder", "llama4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5-coder"})
  void reasoning_comesUnderBothNames(String model) throws Exception {
    Script thinking =
        Script.of(
            new Script.Step.Reasoning("First "),
            new Script.Step.Reasoning("think."),
            new Script.Step.Text("Then talk."));
    upstream.next(thinking);
    StreamRules.Streamed streamed = streamed(model, "");
    upstream.next(thinking);
    JsonNode message = whole(model, "").path("message");

    assertThat(streamed.reasoning()).isEqualTo("First think.");
    assertThat(streamed.text()).isEqualTo("Then talk.");
    assertThat(message.path("reasoning_content").asString()).isEqualTo("First think.");
    assertThat(message.path("reasoning").asString()).isEqualTo("First think.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5-coder"})
  void toolCalls_areNumberedAndNeverWithoutArguments(String model) throws Exception {
    Script calling =
        Script.of(
            new Script.Step.Text("I look."),
            new Script.Step.Tool("list", "{}"),
            new Script.Step.Tool("read", "{\"path\":\"a\"}"));
    upstream.next(calling);
    StreamRules.Streamed streamed = streamed(model, TOOLS + ",");
    upstream.next(calling);
    JsonNode choice = whole(model, TOOLS + ",");

    assertThat(streamed.finish()).isEqualTo("tool_calls");
    assertThat(streamed.calls()).extracting(StreamRules.Call::name).containsExactly("list", "read");
    assertThat(streamed.calls())
        .extracting(StreamRules.Call::arguments)
        .containsExactly("{}", "{\"path\":\"a\"}");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    assertThat(choice.at("/message/tool_calls").values())
        .extracting(call -> call.path("type").asString())
        .containsExactly("function", "function");
    assertThat(choice.at("/message/tool_calls/0/function/arguments").asString()).isEqualTo("{}");
  }

  @Test
  void toolCall_withoutText_hasNullContent() throws Exception {
    upstream.next(Script.tool("list", ""));
    JsonNode message = whole("qwen3", TOOLS + ",").path("message");

    assertThat(message.path("content").isNull()).isTrue();
    assertThat(message.at("/tool_calls/0/function/arguments").asString()).isEqualTo("{}");
  }

  @ParameterizedTest
  @CsvSource({"Cline/3.50.0, false", "opencode/1.0, true", "curl/8, true"})
  void cachedTokens_areKeptFromLegacyCline(String agent, boolean told) throws Exception {
    String body = chat("qwen3", "\"stream\":true,\"stream_options\":{\"include_usage\":true},");
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri(CHAT))
                .header("User-Agent", agent)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());

    JsonNode usage = StreamRules.chat(answer.body(), true).usage();
    assertThat(usage).isNotNull();
    assertThat(usage.at("/prompt_tokens_details/cached_tokens").isInt()).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5-coder"})
  void brokenStream_endsWithOneErrorEvent(String model) throws Exception {
    upstream.next(Script.text("Half an ans").then(new Script.Step.Drop()));
    StreamRules.Streamed streamed = streamed(model, "");

    assertThat(streamed.text()).isEqualTo("Half an ans");
    assertThat(streamed.error()).isNotNull();
    assertThat(streamed.error().path("code").intValue()).isEqualTo(502);
  }

  @Test
  void earlyFailure_hasItsStatusAlsoWhenStreamed() throws Exception {
    Script broken = Script.status(500, "{\"error\":{\"message\":\"broken\"}}");
    upstream.next(broken, broken);
    HttpResponse<String> answer = server.post(CHAT, chat("qwen3", "\"stream\":true,"));

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("true");
    assertThat(answer.body()).contains("\"code\":\"upstream_error\"");
  }

  @Test
  void severalAnswers_areRefused() throws Exception {
    HttpResponse<String> answer = server.post(CHAT, chat("qwen3", "\"n\":2,"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"param\":\"n\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5-coder"})
  void completion_isTextAlone(String model) throws Exception {
    String prompt = "\"model\":\"%s\",\"prompt\":\"How do retries wait?\"".formatted(model);
    upstream.next(Script.of(new Script.Step.Reasoning("hm"), new Script.Step.Text("They do.")));
    HttpResponse<String> stream =
        server.post(
            COMPLETIONS,
            "{%s,\"stream\":true,\"stream_options\":{\"include_usage\":true}}".formatted(prompt));
    upstream.next(Script.of(new Script.Step.Reasoning("hm"), new Script.Step.Text("They do.")));
    JsonNode whole = server.postJson(COMPLETIONS, "{%s,\"max_tokens\":100}".formatted(prompt));

    assertThat(StreamRules.completion(stream.body(), true).text()).isEqualTo("They do.");
    assertThat(whole.path("object").asString()).isEqualTo("text_completion");
    assertThat(whole.path("id").asString()).startsWith("cmpl-");
    assertThat(whole.at("/choices/0").propertyNames())
        .containsExactlyInAnyOrder("index", "text", "logprobs", "finish_reason");
    assertThat(whole.at("/choices/0/text").asString()).isEqualTo("They do.");
    assertThat(whole.at("/usage/total_tokens").asInt()).isPositive();
  }

  @Test
  void completion_getsNoMemoryAndIsAccountedFor() throws Exception {
    HttpResponse<String> answer =
        server.post(
            COMPLETIONS,
            "{\"model\":\"cline-memory-router\",\"prompt\":\"How does the carrier client retry?\",\"stop\":\"x\"}");

    JsonNode sent = upstream.chats().getLast().body();
    assertThat(sent.path("messages")).hasSize(1);
    assertThat(sent.at("/messages/0/content").asString())
        .isEqualTo("How does the carrier client retry?");
    assertThat(answer.headers().firstValue("x-router-memory")).hasValue("sections=0; tokens=0");
    JsonNode record =
        server.getJson(
            "/v1/router/requests/" + answer.headers().firstValue("x-request-id").orElse(""));
    assertThat(record.path("object").asString()).isEqualTo("text_completion");
    assertThat(record.path("outcome").asString()).isEqualTo("answered");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"prompt\":[\"a\"]|prompt",
        "\"prompt\":[1,2]|prompt",
        "\"prompt\":5|prompt",
        "\"prompt\":\"\"|prompt",
        "\"n\":1|prompt",
        "\"prompt\":\"x\",\"n\":2|n",
        "\"prompt\":\"x\",\"best_of\":2|best_of",
        "\"prompt\":\"x\",\"echo\":true|echo",
        "\"prompt\":\"x\",\"suffix\":\"y\"|suffix",
        "\"prompt\":\"x\",\"logprobs\":3|logprobs"
      })
  void completion_whatCannotBeDone_isSaid(String keys, String param) throws Exception {
    HttpResponse<String> answer =
        server.post(COMPLETIONS, "{\"model\":\"qwen3\",%s}".formatted(keys));

    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
    assertThat(error.path("param").asString()).isEqualTo(param);
    assertThat(error.path("message").asString()).isNotBlank();
  }

  @Test
  void completion_tooLong_isRefusedAsAChatIs() throws Exception {
    HttpResponse<String> answer =
        server.post(
            COMPLETIONS,
            "{\"model\":\"qwen3\",\"prompt\":\"%s\"}".formatted("word ".repeat(150_000)));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("context_length_exceeded");
  }

  @Test
  void completion_withoutAnyModel_isNotAnsweredFromTheNotes(@TempDir Path root) throws Exception {
    try (TestServer alone = TestServer.start(root, URI.create("http://127.0.0.1:1"), Map.of())) {
      for (String more : List.of("", ",\"stream\":true")) {
        HttpResponse<String> answer =
            alone.post(COMPLETIONS, "{\"model\":\"qwen3\",\"prompt\":\"x\"%s}".formatted(more));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("no_model_available");
      }
    }
  }
}
