package dev.memoryrouter.cli;

import java.io.Console;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/// Where a command writes: results to `out`, everything else to `err`.
///
/// @param interactive whether a person watches, so that lines may be drawn over
record Screen(PrintWriter out, PrintWriter err, Ansi ansi, boolean interactive) {
  static Screen of(CommandLine command) {
    return new Screen(
        command.getOut(), command.getErr(), command.getColorScheme().ansi(), isTerminal());
  }

  /// Colours are for terminals that can show them, and for people who did not switch them off.
  static Ansi colours() {
    String off = System.getenv("NO_COLOR");
    return (off == null || off.isEmpty()) && isTerminal() ? Ansi.ON : Ansi.OFF;
  }

  @SuppressWarnings("SystemConsoleNull") // a JVM may have none, whatever the default one does
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /// The text in a style where colours are shown. Unlike picocli's markup it takes any text.
  String styled(Style style, String text) {
    return ansi.enabled() ? style.on() + text + style.off() : text;
  }

  /// A line beside the result.
  void remark(String text) {
    err.println(text);
  }
}
