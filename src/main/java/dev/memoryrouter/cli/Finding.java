package dev.memoryrouter.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi.Style;

/// One line of `doctor`.
///
/// @param subject what was looked at
/// @param text how it is
/// @param action what to do; null for nothing
record Finding(Level level, String subject, String text, @Nullable String action) {
  /// How much it matters.
  enum Level {
    OK("ok  ", Style.fg_green),
    /// Worth knowing; nothing must be done.
    NOTE("note", Style.fg_yellow),
    /// Something must be done.
    FIX("fix ", Style.fg_red);

    private final String label;
    private final Style style;

    Level(String label, Style style) {
      this.label = label;
      this.style = style;
    }
  }

  static Finding ok(String subject, String text) {
    return new Finding(Level.OK, subject, text, null);
  }

  static Finding note(String subject, String text, @Nullable String action) {
    return new Finding(Level.NOTE, subject, text, action);
  }

  static Finding fix(String subject, String text, String action) {
    return new Finding(Level.FIX, subject, text, action);
  }

  boolean needsAction() {
    return level == Level.FIX;
  }

  String line(Screen screen) {
    return screen.styled(level.style, level.label)
        + "  "
        + subject
        + ": "
        + text
        + (action == null ? "" : " -> " + action);
  }
}
