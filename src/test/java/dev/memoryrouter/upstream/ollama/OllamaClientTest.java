package dev.memoryrouter.upstream.ollama;

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
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.upstream.Calls;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.Correction;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.ModelSettings.Think;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OllamaClientTest {
  private static final String MODEL = "qwen3:30b";

  private final FakeUpstream fake = FakeUpstream.start(MODEL);
  private final UpstreamSettings settings =
      Calls.settings(UpstreamSettings.Type.OLLAMA, fake.ollamaUrl());
  private final OllamaClient client = new OllamaClient(settings, Set.of(MODEL));

  @AfterEach
  void stop() {
    fake.close();
  }

  @Test
  void chat_numbersInArguments_keepTheirDigits() throws Exception {
    String line =
        "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"set\",\"arguments\":"
            + "{\"x\":0.12345678901234567890,\"y\":1.10}}}]},\"done\":true}\n";
    fake.next(Script.of(new Step.Raw(line), new Step.EndEarly()));

    assertThat(toolCalls(all(client.chat(call(MODEL, "x")))))
        .containsExactly("set({\"x\":0.12345678901234567890,\"y\":1.10})");
  }

  @Test
  void chat_plainAnswer_streamsTextUsageAndFinish() throws Exception {
    fake.next(Script.text("Hello ", "wörld \uD83D\uDE00").counting(12, 3));

    List<ChatEvent> events = all(client.chat(call(MODEL, "hi")));

    assertThat(events)
        .containsExactly(
            new ChatEvent.Text("Hello "),
            new ChatEvent.Text("wörld \uD83D\uDE00"),
            new ChatEvent.Usage(12, 3, null),
            new ChatEvent.Finish(FinishReason.STOP));
  }

  @Test
  void chat_request_isFixedInEveryPartThatCouldCutOrReload() throws Exception {
    all(client.chat(call(MODEL, "hi")));

    JsonNode body = fake.chats().getFirst().body();
    assertThat(body)
        .isEqualTo(
            json(
                """
                {'model':'qwen3:30b','messages':[{'role':'user','content':'hi'}],'think':false,
                'options':{'min_p':0.1,'temperature':0.2,'num_ctx':8192,'num_predict':512},
                'stream':true,'truncate':false,'shift':false,'keep_alive':'1800s'}\
                """));
    assertThat(fake.chats().getFirst().headers())
        .doesNotContainKeys("authorization", "origin", "cookie");
  }

  @Test
  void chat_wishesOfTheRequest_winOverOptionsOfTheModel() throws Exception {
    var wishes = new GenerationOptions(99, 0.7, 0.5, 7L, 0.1, 0.2, List.of("END"), null, null);
    var request = request(List.of(user("x")), List.of(), new ToolChoice.Unset(), wishes);

    all(client.chat(call(request, model(MODEL))));

    assertThat(fake.chats().getFirst().body().path("options"))
        .isEqualTo(
            json(
                """
                {'min_p':0.1,'temperature':0.7,'top_p':0.5,'frequency_penalty':0.1,
                'presence_penalty':0.2,'seed':7,'stop':['END'],'num_ctx':8192,'num_predict':512}\
                """));
  }

  @Test
  void chat_contextOfZeroOrNone_isNotSent() throws Exception {
    var model = model(MODEL);
    all(client.chat(new UpstreamCall(request(user("x")), model, MODEL, 0, 10, false)));
    all(client.chat(new UpstreamCall(request(user("x")), model, MODEL, null, 10, false)));

    assertThat(fake.chats()).allMatch(call -> !call.body().path("options").has("num_ctx"));
  }

  @Test
  void chat_toolHistory_isTranslated() throws Exception {
    var calls =
        new Message(
            Role.ASSISTANT,
            List.of(),
            Message.Form.ABSENT,
            List.of(
                new ToolCall("call_1", "read_file", "{\"path\":\"a\",\"n\":1.10}"),
                new ToolCall("call_2", "write_file", "{\"path\": \"b"),
                new ToolCall("call_3", "list", "")),
            null,
            null,
            null);
    var result =
        new Message(
            Role.TOOL,
            List.of(new Part.Text("done")),
            Message.Form.STRING,
            List.of(),
            "call_2",
            null,
            null);
    var request =
        request(
            List.of(Message.of(Role.SYSTEM, "s"), user("u"), calls, result),
            List.of(tool("read_file")),
            new ToolChoice.Auto(),
            GenerationOptions.NONE);

    all(client.chat(call(request, model(MODEL))));

    JsonNode body = fake.chats().getFirst().body();
    assertThat(fake.chats().getFirst().text()).contains("{\"path\":\"a\",\"n\":1.10}");
    assertThat(body.path("tools").path(0)).isEqualTo(tool("read_file").definition());
    assertThat(body.path("messages").path(2).path("tool_calls").path(1).path("function"))
        .isEqualTo(
            json(
                "{'index':1,'name':'write_file','arguments':{'arguments':'{\\'path\\': \\'b'}}"
                    .replace("\\'", "\\\"")));
    assertThat(
            body.path("messages")
                .path(2)
                .path("tool_calls")
                .path(2)
                .path("function")
                .path("arguments"))
        .isEqualTo(json("{}"));
    assertThat(body.path("messages").path(3))
        .isEqualTo(
            json(
                "{'role':'tool','content':'done','tool_name':'write_file','tool_call_id':'call_2'}"));
  }

  @Test
  void chat_longerConversation_beginsWithTheSameBytes() throws Exception {
    var system = Message.of(Role.SYSTEM, "be brief");
    all(client.chat(call(request(system, user("one")), model(MODEL))));
    all(
        client.chat(
            call(
                request(system, user("one"), Message.of(Role.ASSISTANT, "1"), user("two")),
                model(MODEL))));

    String first = fake.chats().get(0).text();
    String second = fake.chats().get(1).text();
    String messages = first.substring(0, first.indexOf("],\"think\""));
    assertThat(second).startsWith(messages);
  }

  @Test
  void chat_toolChoiceNone_leavesToolsOut() throws Exception {
    var request =
        request(
            List.of(user("x")), List.of(tool("t")), new ToolChoice.None(), GenerationOptions.NONE);

    all(client.chat(call(request, model(MODEL))));

    assertThat(fake.chats().getFirst().body().has("tools")).isFalse();
  }

  @Test
  void chat_namedTool_isTheOnlyOneOffered() throws Exception {
    fake.next(Script.tool("b", "{}"));
    var request =
        request(
            List.of(user("x")),
            List.of(tool("a"), tool("b")),
            new ToolChoice.Named("b"),
            GenerationOptions.NONE);

    all(client.chat(call(request, model(MODEL))));

    assertThat(fake.chats().getFirst().body().path("tools"))
        .isEqualTo(Calls.JSON.createArrayNode().add(tool("b").definition()));
  }

  @Test
  void chat_demandedCallIsMissing_isAFailure() throws Exception {
    fake.next(Script.text("I would rather talk."));
    var request =
        request(
            List.of(user("x")),
            List.of(tool("a")),
            new ToolChoice.Required(),
            GenerationOptions.NONE);

    List<ChatEvent> events = all(client.chat(call(request, model(MODEL))));

    assertThat(failure(events)).isInstanceOf(UpstreamFailure.Empty.class);
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
    var request = request(user("x"), answer, user("y"));
    fake.pull(FakeModel.of(MODEL).withCapabilities("completion", "thinking"));
    client.inspect();
    for (Think think : Think.values()) {
      all(client.chat(call(request, model(MODEL, think, null, false))));
    }
    fake.pull(FakeModel.of(MODEL));
    client.inspect();
    all(client.chat(call(request, model(MODEL, Think.AUTO, null, false))));

    assertThat(fake.chats())
        .extracting(call -> call.body().path("messages").path(1).path("thinking").asString("none"))
        .containsExactly("none", "why", "why", "none");
  }

  @Test
  void chat_afterAFailedQuestion_theBytesStayTheSame() throws Exception {
    client.inspect();
    var question = call(request(user("x")), model(MODEL, Think.OFF, null, false));
    all(client.chat(question));
    fake.inject(Fault.REFUSE);
    assertThat(client.inspect().reachable()).isFalse();
    fake.heal();
    all(client.chat(question));

    assertThat(fake.chats().get(1).text()).isEqualTo(fake.chats().get(0).text());
  }

  @Test
  void chat_imagesAndTextParts_becomeBareBase64AndOneString() throws Exception {
    var message =
        new Message(
            Role.USER,
            List.of(
                new Part.Text("look"),
                new Part.Image("data:image/png;base64,AAAA", null),
                new Part.Text("here")),
            Message.Form.PARTS,
            List.of(),
            null,
            null,
            null);

    all(client.chat(call(request(message), model(MODEL))));

    assertThat(fake.chats().getFirst().body().path("messages").path(0))
        .isEqualTo(json("{'role':'user','content':'look\\nhere','images':['AAAA']}"));
  }

  @Test
  void chat_imageByAddress_isRejectedWithoutACall() throws Exception {
    var message =
        new Message(
            Role.USER,
            List.of(new Part.Image("https://example.org/a.png", null)),
            Message.Form.PARTS,
            List.of(),
            null,
            null,
            null);

    UpstreamFailure failure = failure(all(client.chat(call(request(message), model(MODEL)))));

    assertThat(failure).isInstanceOf(UpstreamFailure.Rejected.class);
    assertThat(failure.message()).contains("data:image");
    assertThat(fake.chats()).isEmpty();
  }

  @Test
  void chat_responseFormats_becomeSchemas() throws Exception {
    var plain = request(user("x"));
    for (ResponseFormat format :
        List.of(
            new ResponseFormat.JsonObject(),
            new ResponseFormat.JsonSchema(json("{'type':'array'}"), json("{}")))) {
      var request =
          new ChatRequest(
              plain.model(),
              plain.messages(),
              List.of(),
              plain.toolChoice(),
              plain.options(),
              format,
              plain.extras());
      all(client.chat(call(request, model(MODEL))));
    }

    assertThat(fake.chats())
        .extracting(call -> call.body().path("format").path("type").asString(""))
        .containsExactly("object", "array");
  }

  @Test
  void chat_unpairedSurrogate_doesNotFailTheCall() throws Exception {
    assertThat(text(all(client.chat(call(MODEL, "cut \uD83D"))))).contains("1 messages");
  }

  @Test
  void chat_reasoningModel_thinksAsConfigured() throws Exception {
    fake.pull(FakeModel.of(MODEL).withCapabilities("completion", "thinking", "tools"));
    client.inspect();
    var medium =
        new GenerationOptions(null, null, null, null, null, null, List.of(), "medium", null);
    for (Think think : Think.values()) {
      all(client.chat(call(request(user("x")), model(MODEL, think, null, false))));
      all(
          client.chat(
              call(
                  request(List.of(user("x")), List.of(), new ToolChoice.Unset(), medium),
                  model(MODEL, think, null, false))));
    }

    assertThat(fake.chats())
        .extracting(call -> call.body().path("think").toString())
        .containsExactly("false", "false", "true", "\"medium\"", "", "\"medium\"");
  }

  @Test
  void chat_modelWithoutReasoning_isNeverToldToThink() throws Exception {
    client.inspect();
    for (Think think : Think.values()) {
      all(client.chat(call(request(user("x")), model(MODEL, think, null, false))));
    }

    assertThat(fake.chats()).allMatch(call -> !call.body().has("think"));
  }

  @Test
  void chat_reasoning_isKeptApartFromText() throws Exception {
    fake.next(Script.of(new Step.Reasoning("hm"), new Step.Reasoning("m"), new Step.Text("yes")));

    List<ChatEvent> events = all(client.chat(call(MODEL, "x")));

    assertThat(reasoning(events)).isEqualTo("hmm");
    assertThat(text(events)).isEqualTo("yes");
  }

  @Test
  void chat_toolCalls_areNumberedAndFinishAsToolCalls() throws Exception {
    // Both calls say index 0, as older versions do, and the ids are equal.
    String line =
        "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"id\":\"same\",\"function\":{\"index\":0,"
            + "\"name\":\"read\",\"arguments\":{\"b\":1,\"a\":[2]}}},{\"id\":\"same\",\"function\":{"
            + "\"index\":0,\"name\":\"list\",\"arguments\":{}}}]},\"done\":true,\"done_reason\":\"stop\"}\n";
    fake.next(Script.of(new Step.Raw(line), new Step.EndEarly()));

    List<ChatEvent> events = all(client.chat(call(MODEL, "x")));

    assertThat(toolCalls(events)).containsExactly("read({\"b\":1,\"a\":[2]})", "list({})");
    assertThat(finish(events)).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(events)
        .filteredOn(ChatEvent.ToolCallStart.class::isInstance)
        .extracting(event -> ((ChatEvent.ToolCallStart) event).id())
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[A-Za-z0-9_-]{1,40}"));
  }

  @Test
  void chat_lengthBesideCompleteToolCall_isAToolCall() throws Exception {
    fake.next(Script.tool("read", "{}").then(new Step.Done("length")));

    assertThat(finish(all(client.chat(call(MODEL, "x"))))).isEqualTo(FinishReason.TOOL_CALLS);
  }

  @Test
  void chat_toolCallWithoutName_fails() throws Exception {
    fake.next(
        Script.of(
            new Step.Raw("{\"message\":{\"tool_calls\":[{\"function\":{\"arguments\":{}}}]}}\n")));

    assertThat(failure(all(client.chat(call(MODEL, "x")))))
        .isInstanceOf(UpstreamFailure.Broken.class);
  }

  @Test
  void chat_length_isReported() throws Exception {
    fake.next(Script.text("and so").then(new Step.Done("length")));

    assertThat(finish(all(client.chat(call(MODEL, "x"))))).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void chat_noCounts_givesNoUsage() throws Exception {
    fake.next(Script.text("a").counting(0, 0));

    assertThat(all(client.chat(call(MODEL, "x")))).noneMatch(ChatEvent.Usage.class::isInstance);
  }

  @Test
  void chat_emptyAnswers_fail() throws Exception {
    fake.next(
        Script.of(),
        Script.text(" \n", " "),
        Script.of(new Step.Reasoning("only thoughts"), new Step.Done("length")));

    for (int i = 0; i < 3; i++) {
      assertThat(failure(all(client.chat(call(MODEL, "x")))))
          .isInstanceOf(UpstreamFailure.Empty.class);
    }
  }

  @Test
  void chat_streamThatBreaksOff_isNeverAFinish() throws Exception {
    fake.next(
        Script.text("half").then(new Step.EndEarly()),
        Script.text("half").then(new Step.Drop()),
        Script.text("half").then(new Step.Raw("{\"message\":"), new Step.EndEarly()));

    for (int i = 0; i < 3; i++) {
      List<ChatEvent> events = all(client.chat(call(MODEL, "x")));
      assertThat(text(events)).isEqualTo("half");
      assertThat(failure(events)).isInstanceOf(UpstreamFailure.Broken.class);
    }
  }

  @Test
  void chat_endOfOllamasOwnRunOnGuard_isLength() throws Exception {
    String[] words = Stream.generate(() -> " the").limit(31).toArray(String[]::new);
    fake.next(Script.text(words).then(new Step.EndEarly()));

    List<ChatEvent> events = all(client.chat(call(MODEL, "x")));

    assertThat(finish(events)).isEqualTo(FinishReason.LENGTH);
    assertThat(Calls.corrections(events)).containsExactly(Correction.STOPPED_RUN_ON);
  }

  @Test
  void chat_errorLineInTheStream_fails() throws Exception {
    fake.next(
        Script.text("half")
            .then(
                new Step.Failed(
                    "\"an error was encountered while running the model: unexpected EOF\"")));

    UpstreamFailure failure = failure(all(client.chat(call(MODEL, "x"))));

    assertThat(failure).isInstanceOf(UpstreamFailure.ServerError.class);
    assertThat(failure.message()).contains("unexpected EOF", MODEL, "local");
  }

  @Test
  void chat_hangsBeforeAndAfterTheFirstByte_timesOut() throws Exception {
    var quick =
        new OllamaClient(
            Calls.impatient(settings, Duration.ofMillis(200), Duration.ofMillis(150)), Set.of());
    fake.next(Script.silent(), Script.text("a").then(new Step.Hang()));

    assertThat(failure(all(quick.chat(call(MODEL, "x")))).message()).contains("first-byte-timeout");
    List<ChatEvent> events = all(quick.chat(call(MODEL, "x")));
    assertThat(text(events)).isEqualTo("a");
    assertThat(failure(events)).isInstanceOf(UpstreamFailure.TimedOut.class);
    assertThat(failure(events).message()).contains("idle-timeout");
    fake.await(Duration.ofSeconds(5), "both connections closed", () -> fake.closedByClient() == 2);
  }

  @Test
  void chat_longLine_isRead() throws Exception {
    String big = "x".repeat(300_000);
    fake.next(Script.tool("write", "{\"content\":\"" + big + "\"}"));

    assertThat(toolCalls(all(client.chat(call(MODEL, "x")))).getFirst()).contains(big);
  }

  @Test
  void chat_missingModel_saysPull() throws Exception {
    UpstreamFailure failure = failure(all(client.chat(call("nope:1b", "x"))));

    assertThat(failure).isInstanceOf(UpstreamFailure.ModelMissing.class);
    assertThat(failure.message()).contains("ollama pull", "nope:1b");
  }

  @Test
  void chat_tooLong_isAnOverflowWithCounts() throws Exception {
    UpstreamFailure failure = failure(all(client.chat(call(MODEL, "word ".repeat(20_000)))));

    assertThat(failure)
        .isInstanceOfSatisfying(
            UpstreamFailure.Overflow.class,
            overflow -> {
              assertThat(overflow.promptTokens()).isGreaterThan(20_000);
              assertThat(overflow.limit()).isEqualTo(8192);
            });
  }

  @Test
  void chat_tooLongForAnOlderOllama_isAnOverflow() throws Exception {
    fake.version("0.24.0");

    assertThat(failure(all(client.chat(call(MODEL, "word ".repeat(20_000))))))
        .isInstanceOf(UpstreamFailure.Overflow.class);
  }

  @Test
  void chat_nothingListens_isUnreachable() throws Exception {
    fake.close();

    UpstreamFailure failure = failure(all(client.chat(call(MODEL, "x"))));

    assertThat(failure).isInstanceOf(UpstreamFailure.Unreachable.class);
    assertThat(failure.message()).contains("local", "localhost:");
  }

  @Test
  void chat_closedBeforeTheAnswer_isBrokenAndNotSentAgainOnAFreshConnection() throws Exception {
    fake.next(Script.hangUp());

    assertThat(failure(all(client.chat(call(MODEL, "x")))))
        .isInstanceOf(UpstreamFailure.Broken.class);
    assertThat(fake.chats()).hasSize(1);
  }

  @Test
  void chat_reusedConnectionFailsAtOnce_isSentOnceMore() throws Exception {
    all(client.chat(call(MODEL, "x")));
    fake.next(Script.hangUp());

    assertThat(text(all(client.chat(call(MODEL, "x"))))).contains("I am");
  }

  @Test
  void chat_failsAtOnceAfterAnAnswerThatWasLeft_isNotSentAgain() throws Exception {
    fake.next(Script.text("one").then(new Step.Hang()), Script.hangUp());
    client.chat(call(MODEL, "x")).close();

    assertThat(failure(all(client.chat(call(MODEL, "x")))))
        .isInstanceOf(UpstreamFailure.Broken.class);
    assertThat(fake.chats()).hasSize(2);
  }

  @Test
  void chat_completeAnswers_shareOneConnection() throws Exception {
    for (int i = 0; i < 5; i++) {
      all(client.chat(call(MODEL, "x")));
    }

    assertThat(fake.connections()).isEqualTo(1);
  }

  @Test
  void inspect_givesFactsOfWantedModels() throws Exception {
    fake.pull(FakeModel.of("other:1b"));
    fake.load(MODEL, 16_384);

    UpstreamSnapshot snapshot = client.inspect();

    assertThat(snapshot.reachable()).isTrue();
    assertThat(snapshot.version()).isEqualTo("0.33.0");
    assertThat(snapshot.find(MODEL))
        .hasValue(
            new UpstreamSnapshot.Model(
                MODEL,
                40_960,
                16_384,
                Set.of(Capability.TOOLS),
                true,
                19_000_000_000L,
                // 48 layers × 4 heads × (128 + 128) × 2 bytes: the 96 KiB of qwen3:30b-a3b
                98_304L,
                null));
    assertThat(snapshot.find("other:1b").orElseThrow().supportedContext()).isNull();
    assertThat(fake.calls("/api/show")).hasSize(1);
    client.inspect();
    assertThat(fake.calls("/api/show")).hasSize(1);
  }

  @Test
  void inspect_missingLengths_followFromTheWidth() throws Exception {
    fake.pull(new FakeModel(MODEL, 32_768, List.of("completion"), 1, 10, 2, null));

    // 2048 ÷ 32 heads = 64 each for keys and values.
    assertThat(client.inspect().find(MODEL).orElseThrow().kvBytesPerToken())
        .isEqualTo(10L * 2 * (64 + 64) * 2);
  }

  @Test
  void inspect_nothingListens_saysWhat() throws Exception {
    fake.close();

    assertThat(client.inspect().problem()).contains("local", "localhost:");
  }
}
