package dev.memoryrouter.cli;

/// What a command's end tells the shell.
final class ExitCode {
  static final int DONE = 0;

  /// The command did its work and found something that needs action.
  static final int FINDING = 1;

  /// Wrong usage, or the command could not do its work.
  static final int FAILURE = 2;

  private ExitCode() {}
}
