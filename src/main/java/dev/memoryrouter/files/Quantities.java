package dev.memoryrouter.files;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `500ms 5s 30m 2h 1d`, `64MB 24GB`. A MB is 1,048,576
/// bytes, as memory is counted, whether it is written `M`, `MB` or `MiB`.
final class Quantities {
  private static final Pattern QUANTITY =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?) ?([A-Za-z]+)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Quantities() {}

  /// The duration, or empty when the text is none.
  static Optional<Duration> duration(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return text.equals("0") ? Optional.of(Duration.ZERO) : Optional.empty();
    }
    return Optional.ofNullable(MILLIS.get(matcher.group(2)))
        .flatMap(factor -> product(matcher.group(1), factor))
        .map(Duration::ofMillis);
  }

  /// The number of bytes, or empty when the text is no size.
  static Optional<Long> size(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    return matcher.matches()
        ? bytes(matcher.group(2).toUpperCase(Locale.ROOT))
            .flatMap(factor -> product(matcher.group(1), factor))
        : Optional.empty();
  }

  private static Optional<Long> bytes(String unit) {
    return switch (unit) {
      case "B" -> Optional.of(1L);
      case "K", "KB", "KIB" -> Optional.of(1L << 10);
      case "M", "MB", "MIB" -> Optional.of(1L << 20);
      case "G", "GB", "GIB" -> Optional.of(1L << 30);
      case "T", "TB", "TIB" -> Optional.of(1L << 40);
      default -> Optional.empty();
    };
  }

  private static Optional<Long> product(String number, long factor) {
    BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(factor));
    return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? Optional.empty()
        : Optional.of(value.longValue());
  }

  /// The duration as a person would write it.
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis != 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  /// The size as a person would write it.
  static String format(long bytes) {
    String[] units = {"B", "KB", "MB", "GB", "TB"};
    int unit = 0;
    long value = bytes;
    while (value >= 1024 && value % 1024 == 0 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return value + units[unit];
  }
}
