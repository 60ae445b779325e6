package dev.memoryrouter.upstream.openai;

import static dev.memoryrouter.upstream.Calls.all;
import static dev.memoryrouter.upstream.Calls.call;
import static dev.memoryrouter.upstream.Calls.failure;
import static dev.memoryrouter.upstream.Calls.finish;
import static dev.memoryrouter.upstream.Calls.json;
import static dev.memoryrouter.upstream.Calls.model;
import static dev.memoryrouter.upstream.Calls.reasoning;
import static dev.memoryrouter.upstream.Calls.request;
import static dev.memoryrouter.upstream.Calls.text;
import static dev.memoryrouter.upstream.Calls.tool;
import static dev.memoryrouter.upstream.Calls.toolCalls;
import static dev.memoryrouter.upstream.Calls.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.conversation.ToolChoice;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.upstream.Calls;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.CircuitSettings;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.ModelSettings.Think;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OpenAiClientTest {
  private static final String MODEL = "qwen";

  private final FakeUpstream fake = FakeUpstream.start(MODEL);
  private final UpstreamSettings settings =
      Calls.settings(UpstreamSettings.Type.OPENAI, fake.openAiUrl());
  private final OpenAiClient client = new OpenAiClient(settings);

  @AfterEach
  void stop() {
    fake.close();
  }

  private List<ChatEvent> raw(String... events) throws InterruptedException {
    fake.next(Script.of(new Step.Raw(String.join("\n\n", events)), new Step.EndEarly()));
    return all(client.chat(call(MODEL, "x")));
  }

  private static String delta(String json) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":" + json.replace('\'', '"') + "}]}";
  }

  private static String finished(String reason) {
    return "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
  }

  @Test
  void chat_twoCallsWithOneIndex_areTwoCalls() throws Exception {
    List<ChatEvent> events =
        raw(
            delta(
                "{'tool_calls':[{'index':0,'id':'a','function':{'name':'read','arguments':''}}]}"),
            delta("{'tool_calls':[{'index':0,'function':{'arguments':'{\\'p\\':1}'}}]}"),
            delta(
                "{'tool_calls':[{'index':0,'id':'b','function':{'name':'list','arguments':''}}]}"),
            delta("{'tool_calls':[{'index':0,'id':'b','function':{'arguments':'{}'}}]}"),
            finished("tool_calls"),
            "data: [DONE]\n\n");

    assertThat(toolCalls(events)).containsExactly("read({\"p\":1})", "list({})");
  }

  @Test
  void chat_contentAsPartsAndRefusal_areText() throws Exception {
    List<ChatEvent> events =
        raw(
            delta("{'content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}"),
            delta("{'content':null,'refusal':' no'}"),
            finished("stop"),
            "data: [DONE]\n\n");

    assertThat(text(events)).isEqualTo("ab no");
  }

  @Test
  void chat_plainAnswer_streamsTextUsageAndFinish() throws Exception {
    fake.next(Script.text("Hello ", "wörld").counting(12, 3));

    assertThat(all(client.chat(call(MODEL, "hi"))))
        .containsExactly(
            new ChatEvent.Text("Hello "),
            new ChatEvent.Text("wörld"),
            new ChatEvent.Usage(12, 3, 6),
            new ChatEvent.Finish(FinishReason.STOP));
  }

  @Test
  void chat_request_hasTheClientsOwnForm() throws Exception {
    var parts =
        new Message(
            Role.USER,
            List.of(
                new Part.Text("a"),
                new Part.Image("https://example.org/a.png", "low"),
                new Part.Other("input_audio", json("{'type':'input_audio','x':1}"))),
            Message.Form.PARTS,
            List.of(),
            null,
            null,
            null);
    var calls =
        new Message(
            Role.ASSISTANT,
            List.of(),
            Message.Form.ABSENT,
            List.of(new ToolCall("c1", "t", "{\"a\": 1}"), new ToolCall("c2", "t", "{broken")),
            null,
            null,
            "thoughts");
    var result =
        new Message(
            Role.TOOL,
            List.of(new Part.Text("r")),
            Message.Form.STRING,
            List.of(),
            "c1",
            null,
            null);
    ObjectNode extras = Calls.JSON.createObjectNode().put("user", "u").put("stream", false);
    extras.putObject("chat_template_kwargs").put("x", true);
    var wishes = new GenerationOptions(5, 0.5, null, 3L, null, null, List.of("S"), "low", false);
    var request =
        new ChatRequest(
            "alias",
            List.of(user("s"), parts, calls, result),
            List.of(tool("t")),
            new ToolChoice.Named("t"),
            wishes,
            new ResponseFormat.JsonObject(),
            extras);

    all(client.chat(call(request, model(MODEL))));

    assertThat(fake.chats().getFirst().text())
        .isEqualTo(
            """
            {'model':'qwen','messages':[{'role':'user','content':'s'},
            {'role':'user','content':[{'type':'text','text':'a'},
            {'type':'image_url','image_url':{'url':'https://example.org/a.png','detail':'low'}},
            {'type':'input_audio','x':1}]},
            {'role':'assistant','content':null,'tool_calls':[
            {'id':'c1','type':'function','function':{'name':'t','arguments':'{\\'a\\': 1}'}},
            {'id':'c2','type':'function','function':{'name':'t','arguments':'{\\'arguments\\':\\'{broken\\'}'}}]},
            {'role':'tool','content':'r','tool_call_id':'c1'}],
            'tools':[{'type':'function','function':{'name':'t','parameters':{'type':'object'}}}],
            'tool_choice':{'type':'function','function':{'name':'t'}},'parallel_tool_calls':false,
            'response_format':{'type':'json_schema','json_schema':{'name':'object','schema':{'type':'object'}}},'temperature':0.5,'seed':3,'stop':['S'],
            'user':'u','chat_template_kwargs':{'x':true},'min_p':0.1,
            'max_tokens':512,'stream':true,'stream_options':{'include_usage':true}}\
            """
                .replace("\n", "")
                .replace('\'', '"'));
  }

  @Test
  void chat_headers_closeTheConnectionAndCarryTheKey() throws Exception {
    var keyed =
        new UpstreamSettings(
            "local",
            UpstreamSettings.Type.OPENAI,
            fake.openAiUrl(),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            "secret",
            CircuitSettings.DEFAULT);

    all(new OpenAiClient(keyed).chat(call(MODEL, "x")));

    assertThat(fake.chats().getFirst().headers())
        .containsEntry("connection", "close")
        .containsEntry("authorization", "Bearer secret")
        .doesNotContainKey("origin");
  }

  @Test
  void chat_reasoningOfTheHistory_isSentOnlyToReasoningModels() throws Exception {
    var answer =
        new Message(
            Role.ASSISTANT,
            List.of(new Part.Text("a")),
            Message.Form.STRING,
            List.of(),
            null,
            null,
            "why");
    for (Think think : Think.values()) {
      all(
          client.chat(
              call(request(user("x"), answer, user("y")), model(MODEL, think, null, false))));
    }

    assertThat(fake.chats())
        .extracting(
            call -> call.body().path("messages").path(1).path("reasoning_content").asString("none"))
        .containsExactly("none", "why", "why");
  }

  @Test
  void request_declaredReasoningModel_isToldWhetherToThink() {
    for (Think think : Think.values()) {
      var declared = model(MODEL, think, Set.of(Capability.THINKING), false);
      var silent = model(MODEL, think, null, false);

      assertThat(OpenAiRequest.of(call(request(user("x")), declared)).path("chat_template_kwargs"))
          .hasToString(
              switch (think) {
                case OFF -> "{\"enable_thinking\":false}";
                case ON -> "{\"enable_thinking\":true}";
                case AUTO -> "";
              });
      assertThat(OpenAiRequest.of(call(request(user("x")), silent)).has("chat_template_kwargs"))
          .isFalse();
    }
  }

  @Test
  void chat_fragmentsOfSeveralCalls_arePutTogether() throws Exception {
    List<ChatEvent> events =
        raw(
            delta("{'role':'assistant','content':null}"),
            delta("{'tool_calls':[{'index':3,'id':'a','function':{'name':'one','arguments':''}}]}"),
            delta("{'tool_calls':[{'index':3,'function':{'arguments':'{\\\"x\\\"'}}]}"),
            delta("{'tool_calls':[{'index':5,'id':'bad id!','function':{'arguments':'{'}}]}"),
            delta("{'tool_calls':[{'index':3,'function':{'arguments':':1}'}}]}"),
            delta("{'tool_calls':[{'index':5,'function':{'name':'two','arguments':'}'}}]}"),
            delta("{'tool_calls':[{'index':6,'id':'c','function':{'name':'three'}}]}"),
            finished("stop"),
            "data: [DONE]\n\n");

    assertThat(toolCalls(events)).containsExactly("one({\"x\":1})", "two({})", "three({})");
    assertThat(finish(events)).isEqualTo(FinishReason.TOOL_CALLS);
  }

  @Test
  void chat_argumentsCutOff_finishAsLength() throws Exception {
    List<ChatEvent> events =
        raw(
            delta(
                "{'tool_calls':[{'index':0,'id':'a','function':{'name':'one','arguments':'{\\\"x'}}]}"),
            finished("length"),
            "data: [DONE]\n\n");

    assertThat(finish(events)).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void chat_bothReasoningFields_areNotDoubled() throws Exception {
    List<ChatEvent> events =
        raw(
            delta("{'reasoning_content':'a','reasoning':'a'}"),
            delta("{'reasoning':'b'}"),
            delta("{'content':'c'}"),
            finished("stop"),
            "data: [DONE]\n\n");

    assertThat(reasoning(events)).isEqualTo("ab");
    assertThat(text(events)).isEqualTo("c");
  }

  @Test
  void chat_usageBeforeFinish_andNoDone_isComplete() throws Exception {
    List<ChatEvent> events =
        raw(
            delta("{'content':'c'}"),
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}",
            finished("stop") + "\n\n");

    assertThat(events)
        .endsWith(new ChatEvent.Usage(7, 1, null), new ChatEvent.Finish(FinishReason.STOP));
  }

  @Test
  void chat_serverHangsAfterTheFinish_endsSoon() throws Exception {
    fake.next(
        Script.of(
            new Step.Raw(delta("{'content':'c'}") + "\n\n" + finished("stop") + "\n\n"),
            new Step.Drop()));

    assertThat(finish(all(client.chat(call(MODEL, "x"))))).isEqualTo(FinishReason.STOP);
  }

  @Test
  void chat_otherLineEndsAndComments_areUnderstood() throws Exception {
    List<ChatEvent> events =
        raw(
            ": keep-alive\r\n\r\nevent: message\r\nid: 4\r\ndata:{\"choices\":\r\ndata: [{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n"
                + finished("stop")
                + "\n\ndata: [DONE]");

    assertThat(text(events)).isEqualTo("a");
    assertThat(finish(events)).isEqualTo(FinishReason.STOP);
  }

  @Test
  void chat_errorInTheStream_failsAlthoughDoneFollows() throws Exception {
    List<ChatEvent> events =
        raw(
            delta("{'content':'half'}"),
            "data: {\"error\":{\"code\":500,\"message\":\"boom\",\"type\":\"server_error\"}}",
            "data: [DONE]\n\n");

    assertThat(text(events)).isEqualTo("half");
    assertThat(failure(events)).isInstanceOf(UpstreamFailure.ServerError.class);
  }

  @Test
  void chat_overflowInTheStream_isAnOverflow() throws Exception {
    List<ChatEvent> events =
        raw(
            "data: {\"error\":{\"message\":\"Cannot truncate prompt with n_keep (15028) >= n_ctx"
                + " (7424)\"}}\n\n");

    assertThat(failure(events))
        .isInstanceOfSatisfying(
            UpstreamFailure.Overflow.class,
            overflow -> {
              assertThat(overflow.promptTokens()).isEqualTo(15_028);
              assertThat(overflow.limit()).isEqualTo(7424);
            });
  }

  @Test
  void chat_endWithoutFinish_isBroken() throws Exception {
    assertThat(failure(raw(delta("{'content':'half'}"), "data: [DONE]\n\n")))
        .isInstanceOf(UpstreamFailure.Broken.class);
    assertThat(failure(raw(delta("{'content':'half'}") + "\n\n")))
        .isInstanceOf(UpstreamFailure.Broken.class);
    assertThat(failure(raw("proxy error: Failed to read connection")))
        .isInstanceOf(UpstreamFailure.Broken.class);
  }

  @Test
  void chat_noContentAtAll_isEmpty() throws Exception {
    assertThat(failure(raw(finished("stop"), "data: [DONE]\n\n")))
        .isInstanceOf(UpstreamFailure.Empty.class);
  }

  @Test
  void chat_keepAlivesOnly_doNotProveLife() throws Exception {
    var quick =
        new OpenAiClient(Calls.impatient(settings, Duration.ofSeconds(20), Duration.ofMillis(300)));
    Step[] steps = new Step[100];
    java.util.Arrays.fill(steps, new Step.Raw(":\n\n"));
    fake.next(
        Script.of(new Step.Raw(delta("{'content':'a'}") + "\n\n"))
            .then(Script.of(steps).slow(Duration.ofMillis(50)).steps().toArray(Step[]::new)));

    assertThat(failure(all(quick.chat(call(MODEL, "x")))))
        .isInstanceOf(UpstreamFailure.TimedOut.class);
  }

  @Test
  void chat_headersBeforeALongPrefill_areNoFirstByte() throws Exception {
    var quick =
        new OpenAiClient(Calls.impatient(settings, Duration.ofSeconds(20), Duration.ofMillis(100)));
    fake.next(Script.text("late").slow(Duration.ofMillis(400)));

    assertThat(text(all(quick.chat(call(MODEL, "x"))))).isEqualTo("late");
  }

  @Test
  void chat_wholeAnswerOfAServerThatDoesNotStream_isRead() throws Exception {
    fake.next(
        Script.status(
            200,
            """
            {
              "object": "chat.completion",
              "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "Yes."},
                 "finish_reason": "stop"}
              ],
              "usage": {"prompt_tokens": 7, "completion_tokens": 2}
            }
            """));

    assertThat(all(client.chat(call(MODEL, "x"))))
        .containsExactly(
            new ChatEvent.Text("Yes."),
            new ChatEvent.Usage(7, 2, null),
            new ChatEvent.Finish(FinishReason.STOP));
  }

  @Test
  void chat_webPage_namesTheBaseUrl() throws Exception {
    fake.inject(Fault.WRONG_CONTENT_TYPE);

    assertThat(failure(all(client.chat(call(MODEL, "x")))).message())
        .contains("text/html", "base-url", fake.openAiUrl().toString());
  }

  @Test
  void chat_tooManyRequests_saysWhenToTryAgain() throws Exception {
    fake.inject(Fault.TOO_MANY_REQUESTS);

    assertThat(failure(all(client.chat(call(MODEL, "x")))))
        .isInstanceOfSatisfying(
            UpstreamFailure.Busy.class,
            busy -> assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
  }

  @Test
  void chat_olderErrorForm_isAnError() throws Exception {
    fake.next(
        Script.of(
            new Step.Raw(
                "data: {\"object\":\"error\",\"message\":\"engine died\",\"code\":500}\n\n"),
            new Step.EndEarly()));

    assertThat(failure(all(client.chat(call(MODEL, "x")))))
        .isInstanceOf(UpstreamFailure.ServerError.class);
  }

  @Test
  void chat_redirect_isNotFollowed() throws Exception {
    fake.next(Script.status(307, ""));

    UpstreamFailure failure = failure(all(client.chat(call(MODEL, "x"))));

    assertThat(failure).isInstanceOf(UpstreamFailure.Rejected.class);
    assertThat(failure.message()).contains("redirect", "base-url");
    assertThat(fake.chats()).hasSize(1);
  }

  @Test
  void chat_missingModel_isModelMissing() throws Exception {
    assertThat(failure(all(client.chat(call("nope", "x")))))
        .isInstanceOf(UpstreamFailure.ModelMissing.class);
  }

  @Test
  void inspect_vllmList_givesItsLimit() throws Exception {
    UpstreamSnapshot.Model model = client.inspect().find(MODEL).orElseThrow();

    assertThat(model.supportedContext()).isEqualTo(40_960);
    assertThat(model.allocatedContext()).isEqualTo(40_960);
    assertThat(model.capabilities()).isNull();
  }

  @Test
  void inspect_llamaServer_readsProperties() throws Exception {
    fake.openAiModels(
        200,
        "{\"data\":[{\"id\":\"/m/q.gguf\",\"aliases\":[\"q\"],\"meta\":{\"n_ctx_train\":32768,\"n_ctx\":9000,\"size\":5}}]}");
    fake.props(
        "{\"default_generation_settings\":{\"n_ctx\":8192},\"total_slots\":2,\"modalities\":{\"vision\":true}}");

    assertThat(client.inspect().find("q"))
        .hasValue(
            new UpstreamSnapshot.Model(
                "q", 32_768, 8192, Set.of(Capability.TOOLS, Capability.VISION), true, 5L, null, 2));
  }

  @Test
  void inspect_lmStudio_readsItsOwnList() throws Exception {
    fake.openAiModels(200, "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}");
    fake.lmStudio(
        """
        {"data":[
          {"id":"a","type":"vlm","state":"loaded","max_context_length":131072,
           "loaded_context_length":4096,"capabilities":["tool_use"]},
          {"id":"b","type":"llm","state":"not-loaded","max_context_length":32768}]}
        """);

    UpstreamSnapshot snapshot = client.inspect();

    assertThat(snapshot.find("a"))
        .hasValue(
            new UpstreamSnapshot.Model(
                "a",
                131_072,
                4096,
                Set.of(Capability.TOOLS, Capability.VISION),
                true,
                null,
                null,
                null));
    assertThat(snapshot.find("b"))
        .hasValue(new UpstreamSnapshot.Model("b", 32_768, null, null, false, null, null, null));
    assertThat(snapshot.find("c")).isPresent();
  }

  @Test
  void inspect_stillLoading_isReachable() throws Exception {
    fake.openAiModels(503, "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}");

    UpstreamSnapshot snapshot = client.inspect();

    assertThat(snapshot.reachable()).isTrue();
    assertThat(snapshot.models()).isEmpty();
  }

  @Test
  void inspect_wrongAddress_isAProblem() throws Exception {
    fake.openAiModels(500, "<html>");

    assertThat(client.inspect().problem()).contains("500", "base-url");
  }

  @Test
  void request_jsonSchema_passesAsReceived() {
    JsonNode raw = json("{'type':'json_schema','json_schema':{'name':'n','schema':{}}}");
    var plain = request(user("x"));
    var request =
        new ChatRequest(
            plain.model(),
            plain.messages(),
            List.of(),
            plain.toolChoice(),
            plain.options(),
            new ResponseFormat.JsonSchema(json("{}"), raw),
            plain.extras());

    assertThat(OpenAiRequest.of(call(request, model(MODEL))).path("response_format"))
        .isEqualTo(raw);
  }
}
