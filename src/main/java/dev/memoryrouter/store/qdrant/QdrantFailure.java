package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.QdrantSettings;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Objects;

/// A call that Qdrant did not answer as hoped. The message says what to do.
final class QdrantFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;

  private QdrantFailure(Status.Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  static QdrantFailure of(StatusRuntimeException failure, QdrantSettings settings) {
    Status.Code code = failure.getStatus().getCode();
    String reason = Objects.requireNonNullElse(failure.getStatus().getDescription(), code.name());
    return new QdrantFailure(
        code, "Qdrant at " + settings.url() + " " + sentence(code, reason, settings), failure);
  }

  private static String sentence(Status.Code code, String reason, QdrantSettings settings) {
    return switch (code) {
      case UNAVAILABLE ->
          "cannot be reached ("
              + reason
              + "): start it, or correct QDRANT_URL (the gRPC port, 6334)";
      case DEADLINE_EXCEEDED ->
          "did not answer in time (" + settings.timeout().toMillis() + " ms for a search)";
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          "refuses the key (" + reason + "): set QDRANT_API_KEY to one that may write";
      default -> "failed: " + code + ", " + reason;
    };
  }

  boolean isNotFound() {
    return code == Status.Code.NOT_FOUND;
  }

  /// Whether the server could not be asked at all, so that another call would fail as well.
  boolean isDown() {
    return code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
  }

  /// Whether the caller gave up and nothing is wrong with the server.
  boolean isCancelled() {
    return code == Status.Code.CANCELLED;
  }
}
