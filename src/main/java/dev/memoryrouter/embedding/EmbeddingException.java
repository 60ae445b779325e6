package dev.memoryrouter.embedding;

import org.jspecify.annotations.Nullable;

/// Text could not be embedded; the message says why and can be shown to users.
public final class EmbeddingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EmbeddingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
