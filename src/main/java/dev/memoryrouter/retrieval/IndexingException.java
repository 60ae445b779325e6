package dev.memoryrouter.retrieval;

/// A bank could not be brought up to date; what its index held before is still there. The message
/// says why and can be shown to users.
public final class IndexingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IndexingException(String message, Throwable cause) {
    super(message, cause);
  }
}
