package dev.memoryrouter.api;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;

/// JSON answers.
final class Replies {
  private Replies() {}

  /// A record, map, list or JSON tree as the body of a 200.
  static MutableHttpResponse<?> json(Object value) {
    return HttpResponse.ok(Json.MAPPER.writeValueAsBytes(value))
        .contentType(MediaType.APPLICATION_JSON_TYPE);
  }
}
