package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamRulesTest {
  private static final String FIRST = delta("\"role\":\"assistant\",\"content\":\"a\"", "null");
  private static final String SECOND = delta("\"content\":\"b\"", "null");
  private static final String CALL =
      delta(
          "\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]",
          "null");
  private static final String FINISH = delta("", "\"stop\"");
  private static final String CALLED = delta("", "\"tool_calls\"");
  private static final String USAGE =
      frame("[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}");
  private static final String ERROR =
      "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":502}}";
  private static final String DONE = "[DONE]";

  private static String frame(String choices) {
    return "{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":%s}"
        .formatted(choices);
  }

  private static String delta(String delta, String finish) {
    return frame("[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]".formatted(delta, finish));
  }

  private static String stream(String... payloads) {
    return Arrays.stream(payloads)
        .map(payload -> "data: " + payload + "\n\n")
        .collect(Collectors.joining());
  }

  @Test
  void chat_wellFormed_isReadInFull() {
    StreamRules.Streamed streamed =
        StreamRules.chat(": wait\n\n" + stream(FIRST, SECOND, FINISH, USAGE, DONE), true);

    assertThat(streamed.comments()).containsExactly("wait");
    assertThat(streamed.text()).isEqualTo("ab");
    assertThat(streamed.finish()).isEqualTo("stop");
    assertThat(streamed.usage()).isNotNull();
    assertThat(StreamRules.chat(stream(CALL, CALLED, DONE), false).calls())
        .containsExactly(new StreamRules.Call("c1", "f", "{}"));
    assertThat(StreamRules.chat(stream(FIRST, ERROR), false).error()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no end|first",
        "no finish|first,done",
        "done after an error|first,error,done",
        "error after the finish|first,finish,error",
        "text after the finish|first,finish,second,done",
        "two finishes|first,finish,finish,done",
        "role twice|first,first,finish,done",
        "no role|second,finish,done",
        "call id twice|call,call,called,done",
        "called without a call|first,called,done",
        "stopped with a call|call,finish,done",
        "empty answer|call-less,finish,done",
        "usage not asked for|first,finish,usage,done",
        "usage before the finish|first,usage,finish,done",
        "chunk after done|first,finish,done,second",
        "null error|null-error,finish,done",
        "usage null|null-usage,finish,done"
      })
  void chat_brokenRule_isSeen(String rule, String payloads) {
    String body =
        stream(
            Arrays.stream(payloads.split(",", -1))
                .map(StreamRulesTest::named)
                .toArray(String[]::new));

    assertThatThrownBy(() -> StreamRules.chat(body, false))
        .as(rule)
        .isInstanceOf(AssertionError.class);
  }

  private static String named(String name) {
    return switch (name) {
      case "first" -> FIRST;
      case "second" -> SECOND;
      case "call" -> CALL;
      case "call-less" -> delta("\"role\":\"assistant\"", "null");
      case "finish" -> FINISH;
      case "called" -> CALLED;
      case "usage" -> USAGE;
      case "error" -> ERROR;
      case "done" -> DONE;
      case "null-error" -> FIRST.replace("{\"id\"", "{\"error\":null,\"id\"");
      case "null-usage" -> FIRST.replace("{\"id\"", "{\"usage\":null,\"id\"");
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"id\":\"x\"|\"id\":\"y\"",
        "\"created\":1|\"created\":2",
        "chat.completion.chunk|chat.completion",
        "\"index\":0|\"index\":1",
        "\"content\":\"b\"|\"content\":null",
        "data: {|data:{",
        "}\\n\\n|}\\r\\n\\r\\n"
      })
  void chat_brokenChunk_isSeen(String good, String bad) {
    String second = stream(SECOND).replace(good.translateEscapes(), bad.translateEscapes());
    String body = stream(FIRST) + second + stream(FINISH, DONE);
    assertThat(second).isNotEqualTo(stream(SECOND));

    assertThatThrownBy(() -> StreamRules.chat(body, false)).isInstanceOf(AssertionError.class);
  }

  @Test
  void chat_noBlankLineAtTheEnd_isSeen() {
    String body = stream(FIRST, FINISH, DONE);

    assertThatThrownBy(() -> StreamRules.chat(body.substring(0, body.length() - 1), false))
        .isInstanceOf(AssertionError.class);
  }
}
