package dev.memoryrouter.upstream;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The arguments of a tool call as JSON. Numbers keep their digits.
public final class ToolArguments {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private ToolArguments() {}

  /// A piece of an answer, which may hold arguments.
  ///
  /// @throws JacksonException when it is no JSON
  public static JsonNode read(String text) {
    return JSON.readTree(text);
  }

  /// Whether a text is one JSON object.
  public static boolean isObject(String text) {
    return parse(text).isPresent();
  }

  /// The arguments of a call in the history as an object. Text that a model got wrong becomes
  /// `{"arguments": "<text>"}`: upstreams refuse it otherwise, and one bad call would end the
  /// conversation.
  public static ObjectNode tolerant(String text) {
    if (text.isBlank()) {
      return JSON.createObjectNode();
    }
    return parse(text).orElseGet(() -> JSON.createObjectNode().put("arguments", text));
  }

  /// As [#tolerant], as text; a valid object stays as it was written.
  public static String tolerantText(String text) {
    return isObject(text) ? text : tolerant(text).toString();
  }

  private static Optional<ObjectNode> parse(String text) {
    try {
      return JSON.readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }
}
