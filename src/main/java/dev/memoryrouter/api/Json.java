package dev.memoryrouter.api;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The JSON mapper of the HTTP surface. Long strings are allowed because images travel as base64;
/// the body limit bounds them.
final class Json {
  private static final int LONGEST_STRING = 256 << 20;
  private static final int DEEPEST_NESTING = 200;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(LONGEST_STRING)
                          .maxNestingDepth(DEEPEST_NESTING)
                          .build())
                  .build())
          .build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
