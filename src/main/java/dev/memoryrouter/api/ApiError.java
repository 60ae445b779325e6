package dev.memoryrouter.api;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An error as OpenAI's clients understand it.
///
/// @param status HTTP status
/// @param type OpenAI's error type
/// @param code OpenAI's error code, null for none
/// @param param the request key at fault, null for none
/// @param message what, which, and what to do
/// @param retryAfter seconds after which the same request may succeed, at most 60; null when a
///   repetition would only fail again
record ApiError(
    int status,
    String type,
    @Nullable String code,
    @Nullable String param,
    String message,
    @Nullable Integer retryAfter) {
  static final String INVALID_REQUEST = "invalid_request_error";

  /// A request that can never succeed as it is.
  static ApiError badRequest(@Nullable String param, String message) {
    return new ApiError(400, INVALID_REQUEST, null, param, message, null);
  }

  /// Something that does not exist.
  static ApiError notFound(@Nullable String code, @Nullable String param, String message) {
    return new ApiError(404, INVALID_REQUEST, code, param, message, null);
  }

  /// A request whose client is gone: nobody reads this.
  static ApiError clientLeft() {
    return new ApiError(
        408, INVALID_REQUEST, "client_left", null, "The client closed its connection.", null);
  }

  /// A request whose client sent it again meanwhile.
  static ApiError superseded() {
    return new ApiError(
        409,
        INVALID_REQUEST,
        "superseded",
        null,
        "A retry of this request took its place (x-stainless-retry-count); read that one's answer.",
        null);
  }

  /// The server was told to stop.
  static ApiError stopping() {
    return new ApiError(
        503,
        "server_error",
        "server_stopping",
        null,
        "The server is stopping. Send the request again when it is back.",
        5);
  }

  /// A fault of the server's own.
  static ApiError internal() {
    return new ApiError(
        500,
        "server_error",
        "internal_error",
        null,
        "The server failed on this request; its log says why.",
        null);
  }

  /// The body of an error response: all four keys, null where there is nothing to say.
  ObjectNode body() {
    ObjectNode error = keys();
    error.put("code", code);
    return Json.object().set("error", error);
  }

  /// The event of an error within a stream: the code is the status as a number, which is what
  /// clients look for there.
  ObjectNode event() {
    ObjectNode error = keys();
    error.put("code", status);
    return Json.object().set("error", error);
  }

  private ObjectNode keys() {
    return Json.object().put("message", message).put("type", type).put("param", param);
  }
}
