package dev.memoryrouter.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestReaderTest {
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"read\"}},{\"type\":\"function\",\"function\":{\"name\":\"list\"}}]";

  @Test
  void read_plainRequest_keepsUnknownKeysInOrder() {
    ParsedChat chat =
        read("{\"model\":\"m\",\"top_k\":40,%s,\"min_p\":0.05,\"user\":\"u\"}".formatted(HI));

    assertThat(chat.request().model()).isEqualTo("m");
    assertThat(chat.request().messages()).containsExactly(Message.of(Role.USER, "hi"));
    assertThat(chat.request().extras()).hasToString("{\"top_k\":40,\"min_p\":0.05,\"user\":\"u\"}");
    assertThat(chat.stream()).isFalse();
  }

  @Test
  void read_agentRequest_readsPartsToolsAndResults() {
    ParsedChat chat =
        read(
            """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},
             "max_completion_tokens":7,"max_tokens":9,"stop":"x","tool_choice":"auto",
             "messages":[
              {"role":"developer","content":"rules"},
              {"role":"user","content":[{"type":"text","text":"look"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"read","arguments":{"a":1}}}]},
              {"role":"tool","tool_call_id":"c1","content":"done"}],
             "tools":[{"type":"function","function":{"name":"read","parameters":{}}}]}
            """);

    assertThat(chat.stream()).isTrue();
    assertThat(chat.includeUsage()).isTrue();
    var request = chat.request();
    assertThat(request.options().maxTokens()).isEqualTo(7);
    assertThat(request.options().stop()).containsExactly("x");
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Auto());
    assertThat(request.tools().getFirst().name()).isEqualTo("read");
    List<Message> messages = request.messages();
    assertThat(messages)
        .extracting(Message::role)
        .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL);
    assertThat(messages.get(1).parts()).last().isInstanceOf(Part.Image.class);
    assertThat(messages.get(2).form()).isEqualTo(Message.Form.ABSENT);
    assertThat(messages.get(2).toolCalls())
        .containsExactly(new ToolCall("c1", "read", "{\"a\":1}"));
    assertThat(messages.get(2).reasoning()).isEqualTo("hm");
    assertThat(messages.get(3).toolCallId()).isEqualTo("c1");
  }

  @Test
  void read_jsonSchema_findsTheBareSchema() {
    ParsedChat chat =
        read(
            "{\"model\":\"m\",%s,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}}"
                .formatted(HI));

    assertThat(chat.request().responseFormat())
        .isInstanceOfSatisfying(
            ResponseFormat.JsonSchema.class,
            format -> assertThat(format.schema()).hasToString("{\"type\":\"object\"}"));
  }

  @Test
  void read_minusOneAsMaxTokens_meansNoLimit() {
    assertThat(read("{\"model\":\"m\",%s,\"max_tokens\":-1}".formatted(HI)).request().options())
        .satisfies(options -> assertThat(options.maxTokens()).isNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"model\":1,HI}|model|\"model\" must be a string, but it is the number 1.",
        "{HI}|model|\"model\" is missing.",
        "{\"model\":\"m\"}|messages|\"messages\" must hold at least one message.",
        "{\"model\":\"m\",\"messages\":{}}|messages|\"messages\" must be an array, but it is an object.",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]}|messages[0].role|\"messages[0].role\" must be system, developer, user, assistant or tool, not \"king\".",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}|messages[0].content[0].text|\"messages[0].content[0].text\" is missing.",
        "{\"model\":\"m\",HI,\"temperature\":\"hot\"}|temperature|\"temperature\" must be a number, but it is a string.",
        "{\"model\":\"m\",HI,\"max_tokens\":0}|max_tokens|\"max_tokens\" must be a whole number of at least 1, not 0.",
        "{\"model\":\"m\",HI,\"max_tokens\":1.5}|max_tokens|\"max_tokens\" must be a whole number, but it is the number 1.5.",
        "{\"model\":\"m\",HI,\"temperature\":1e999}|temperature|\"temperature\" is too large a number.",
        "{\"model\":\"m\",HI,\"seed\":99999999999999999999}|seed|\"seed\" is too large a number.",
        "{\"model\":\"m\",HI,\"max_tokens\":99999999999}|max_tokens|\"max_tokens\" is too large a number.",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}|messages[0].content|\"messages[0].content\" must be a string, an array of parts, or null, but it is the number 5.",
        "{\"model\":\"m\",HI,\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}|stop|\"stop\" may hold at most 4 sequences, not 5.",
        "{\"model\":\"m\",HI,TOOLS,\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"write\"}}}|tool_choice|\"tool_choice\" demands \"write\", but \"tools\" offers only \"read\", \"list\".",
        "{\"model\":\"m\",HI,\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"write\"}}}|tool_choice|\"tool_choice\" demands \"write\", but \"tools\" offers none.",
        "{\"model\":\"m\",HI,\"tool_choice\":\"required\"}|tool_choice|\"tool_choice\" demands a call, but \"tools\" offers none.",
        "{\"model\":\"m\",HI,\"n\":2}|n|Only one answer per request is possible: leave \"n\" out.",
        "{\"model\":\"m\",HI,\"stream\":\"yes\"}|stream|\"stream\" must be true or false, but it is a string.",
      })
  void read_wrongType_namesTheKey(String body, String param, String message) {
    ApiError error = errorOf(body.replace("HI", HI).replace("TOOLS", TOOLS));

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.param()).isEqualTo(param);
    assertThat(error.message()).isEqualTo(message);
  }

  @Test
  void read_brokenJson_saysWhere() {
    ApiError error = errorOf("{\"model\": \"m\",\n  oops}");

    assertThat(error.status()).isEqualTo(400);
    assertThat(error.message()).startsWith("The request body is not valid JSON at line 2, column ");
  }

  @Test
  void read_deepNesting_isRefused() {
    assertThat(errorOf("[".repeat(5_000)).status()).isEqualTo(400);
  }

  @Test
  void read_emptyBodyAndOtherJson_areRefused() {
    assertThat(errorOf("").message()).contains("empty");
    assertThat(errorOf("[]").message()).contains("an array");
  }

  @Test
  void errors_neverSpeakOfTheContext() {
    // Agents drop most of their history when a 400 speaks of the context's size.
    assertThat(errorOf("{\"model\":\"m\",%s,\"max_tokens\":0}".formatted(HI)).message())
        .doesNotContainPattern("(?i)context\\s*(length|window)|maximum context|tokens? exceed");
  }

  private static ParsedChat read(String json) {
    return ChatRequestReader.read(json.getBytes(UTF_8));
  }

  private static ApiError errorOf(String json) {
    ApiException exception =
        catchThrowableOfType(
            ApiException.class, () -> ChatRequestReader.read(json.getBytes(UTF_8)));
    assertThat(exception).isNotNull();
    return exception.error();
  }
}
