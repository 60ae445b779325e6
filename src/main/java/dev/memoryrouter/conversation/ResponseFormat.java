package dev.memoryrouter.conversation;

import tools.jackson.databind.JsonNode;

/// The form that the answer's text must have.
public sealed interface ResponseFormat {
  record Text() implements ResponseFormat {}

  /// Any JSON object.
  record JsonObject() implements ResponseFormat {}

  /// JSON that obeys a schema.
  ///
  /// @param schema the bare JSON schema
  /// @param raw the whole `response_format` object as received
  record JsonSchema(JsonNode schema, JsonNode raw) implements ResponseFormat {}
}
