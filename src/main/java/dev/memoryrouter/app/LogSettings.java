package dev.memoryrouter.app;

import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How much is logged and in what form, from the environment and `.env`. Must run before the first
/// logger is made.
final class LogSettings {
  private static final List<String> LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
  private static final List<String> FORMATS = List.of("text", "json");

  private LogSettings() {}

  /// Sets the logging up.
  ///
  /// @param server the server logs what it does; commands only what goes wrong, because their
  ///   output is the result
  /// @param complaint hears of values that are not understood
  static void apply(Environment environment, boolean server, Consumer<String> complaint) {
    String level = known(environment, "LOG_LEVEL", server ? "INFO" : "WARN", LEVELS, complaint);
    System.setProperty("LOG_LEVEL", level);
    System.setProperty("LOG_FORMAT", known(environment, "LOG_FORMAT", "text", FORMATS, complaint));
    // Libraries that log past logback; Lucene advises a module that would cost the class cache.
    Logger.getLogger("").setLevel(Level.SEVERE);
  }

  /// An unknown level would mean DEBUG to logback, which shows prompts.
  private static String known(
      Environment environment,
      String name,
      String byDefault,
      List<String> values,
      Consumer<String> complaint) {
    String value = environment.apply(name);
    if (value == null) {
      return byDefault;
    }
    String asked = value.strip();
    for (String known : values) {
      if (known.equalsIgnoreCase(asked)) {
        return known;
      }
    }
    complaint.accept(
        "%s is \"%s\"; %s; %s is used."
            .formatted(
                name, asked, NearestName.hint(asked.toUpperCase(Locale.ROOT), values), byDefault));
    return byDefault;
  }
}
