package dev.memoryrouter.api;

import tools.jackson.databind.node.ObjectNode;

/// What is the same in every chunk of an answer.
///
/// @param id of the answer
/// @param created in seconds since 1970
/// @param model the name that the client asked for
record AnswerIdentity(String id, long created, String model) {
  /// The outer object of a chunk or of a whole answer.
  ObjectNode frame(String object) {
    return Json.object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }
}
