package dev.memoryrouter.cli;

/// Ends a command with exit code 2. The message is a sentence for users: what, which, what to do.
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message, null, false, false);
  }
}
