package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.upstream.UpstreamFailure.Busy;
import dev.memoryrouter.upstream.UpstreamFailure.Incapable;
import dev.memoryrouter.upstream.UpstreamFailure.ModelMissing;
import dev.memoryrouter.upstream.UpstreamFailure.Overflow;
import dev.memoryrouter.upstream.UpstreamFailure.Rejected;
import dev.memoryrouter.upstream.UpstreamFailure.ServerError;
import java.net.URI;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The wordings of upstream-wire.md, sections 1.3 and 4.
class ErrorReaderTest {
  private final ErrorReader errors =
      new ErrorReader(
          Calls.settings(UpstreamSettings.Type.OLLAMA, URI.create("http://localhost:11434")), "m");

  static Stream<Arguments> overflows() {
    return Stream.of(
        overflow("{\"error\":\"the input length exceeds the context length\"}", null, null),
        overflow(
            "{\"error\":\"{\\\"error\\\":{\\\"code\\\":400,\\\"message\\\":\\\"request (70494 tokens)"
                + " exceeds the available context size (67584 tokens), try increasing it\\\","
                + "\\\"type\\\":\\\"exceed_context_size_error\\\",\\\"n_prompt_tokens\\\":70494,"
                + "\\\"n_ctx\\\":67584}}\"}",
            70_494,
            67_584),
        overflow(
            "{\"error\":\"the prompt is longer than the context length currently available to the"
                + " model; shorten the prompt\"}",
            null,
            null),
        overflow(
            "{\"error\":{\"code\":400,\"message\":\"request (70494 tokens) exceeds the available"
                + " context size (67584 tokens), try increasing it\",\"type\":\"x\"}}",
            70_494,
            67_584),
        overflow(
            "{\"error\":{\"message\":\"This model's maximum context length is 16384 tokens. However,"
                + " you requested 122946 tokens (112946 in the messages, 10000 in the completion)."
                + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}",
            112_946,
            16_384),
        overflow(
            "{\"error\":{\"message\":\"You passed 12289 input tokens and requested 4096 output tokens."
                + " However, the model's context length is only 16384 tokens, resulting in a maximum"
                + " input length of 12288 tokens.\",\"code\":400}}",
            12_289,
            16_384),
        overflow(
            "{\"object\":\"error\",\"message\":\"This model's maximum context length is 131,072 tokens."
                + " However, you requested 65536 output tokens and your prompt contains at least 65537"
                + " input tokens, for a total of at least 131073 tokens.\",\"code\":400}",
            65_537,
            131_072),
        overflow(
            "{\"error\":\"Trying to keep the first 9120 tokens when context the overflows. However, the"
                + " model is loaded with context length of only 4096\"}",
            9120,
            4096),
        overflow(
            "{\"error\":\"The number of tokens to keep from the initial prompt is greater than the"
                + " context length (n_keep: 13055>= n_ctx: 4096). Try to load the model\"}",
            13_055,
            4096),
        overflow(
            "{\"error\":\"Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)\"}",
            15_028,
            7424),
        overflow(
            "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}",
            null,
            null));
  }

  private static Arguments overflow(
      String body, @Nullable Integer prompt, @Nullable Integer limit) {
    return Arguments.of(body, prompt, limit);
  }

  @ParameterizedTest
  @MethodSource("overflows")
  void read_overflow_hasItsCounts(String body, @Nullable Integer prompt, @Nullable Integer limit) {
    assertThat(errors.read(400, body, null))
        .isInstanceOfSatisfying(
            Overflow.class,
            found -> {
              assertThat(found.promptTokens()).isEqualTo(prompt);
              assertThat(found.limit()).isEqualTo(limit);
            });
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(404, "{\"error\":\"model 'm' not found\"}", ModelMissing.class),
        Arguments.of(
            404,
            "{\"error\":\"model \\\"m\\\" not found, try pulling it first\"}",
            ModelMissing.class),
        Arguments.of(
            400,
            "{\"error\":{\"code\":400,\"message\":\"model 'nope' not found\"}}",
            ModelMissing.class),
        Arguments.of(
            400,
            "{\"error\":{\"message\":\"No models loaded. Please load a model\"}}",
            ModelMissing.class),
        Arguments.of(
            404,
            "{\"error\":{\"message\":\"The model `m` does not exist.\",\"code\":404}}",
            ModelMissing.class),
        Arguments.of(
            500, "{\"error\":\"model 'm' not found in the runner's cache\"}", ServerError.class),
        Arguments.of(
            400, "{\"error\":\"the model asked for a tool that was not found\"}", Rejected.class),
        Arguments.of(404, "404 page not found", Rejected.class),
        Arguments.of(403, "", Rejected.class),
        Arguments.of(
            401, "{\"error\":{\"message\":\"Invalid API Key\",\"code\":401}}", Rejected.class),
        Arguments.of(400, "{\"error\":\"\\\"m\\\" does not support tools\"}", Incapable.class),
        Arguments.of(
            500, "{\"error\":\"option \\\"top_k\\\" must be of type integer\"}", Rejected.class),
        Arguments.of(
            500,
            "{\"error\":{\"code\":500,\"message\":\"image input is not supported - hint: x\"}}",
            Incapable.class),
        Arguments.of(
            500,
            "{\"error\":{\"code\":500,\"message\":\"Failed to parse messages: Missing 'role'\"}}",
            Rejected.class),
        Arguments.of(
            503,
            "{\"error\":\"server busy, please try again.  maximum pending requests exceeded\"}",
            Busy.class),
        Arguments.of(
            503,
            "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}",
            Busy.class),
        Arguments.of(
            500,
            "{\"error\":{\"code\":500,\"message\":\"Context size has been exceeded.\"}}",
            Busy.class),
        Arguments.of(
            500,
            "{\"error\":\"llama-server process has terminated: signal: killed\"}",
            ServerError.class),
        Arguments.of(
            500,
            "{\"error\":\"llama-server chat error: map[code:500 message:The model produced output that"
                + " does not match the expected peg-native format type:server_error]\"}",
            ServerError.class),
        Arguments.of(502, "<html>Bad gateway</html>", ServerError.class),
        Arguments.of(500, "", ServerError.class));
  }

  @ParameterizedTest
  @MethodSource("others")
  void read_otherFailures_areTold(int status, String body, Class<?> kind) {
    UpstreamFailure failure = errors.read(status, body, null);

    assertThat(failure).isInstanceOf(kind);
    assertThat(failure.message()).contains("'m'", "'local'").doesNotContain("null");
  }

  @Test
  void read_emptyForbidden_namesTheRemedy() {
    assertThat(errors.read(403, "", null).message())
        .contains("OLLAMA_HOST", "http://localhost:11434");
  }

  @Test
  void read_hugeBody_isShortened() {
    assertThat(errors.read(500, "x".repeat(100_000), null).message().length()).isLessThan(600);
  }

  @Test
  void inStream_integerCodes_areTold() {
    assertThat(errors.inStream(Calls.json("{'code':503,'message':'m'}"))).isInstanceOf(Busy.class);
    assertThat(errors.inStream(Calls.json("{'code':400,'message':'m'}")))
        .isInstanceOf(Rejected.class);
    assertThat(errors.inStream(Calls.json("'text'"))).isInstanceOf(ServerError.class);
  }
}
