package dev.memoryrouter.chat;

import dev.memoryrouter.admission.QueueSettings.Order;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the section `queue` of `server.yaml`.
final class QueueSection {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MOST = 100_000;

  private QueueSection() {}

  static TurnSettings read(YamlMap queue) {
    TurnSettings byDefault = TurnSettings.DEFAULT;
    TurnSettings settings =
        new TurnSettings(
            order(queue),
            queue.at("length").integer(0, MOST).orElse(byDefault.length()),
            queue
                .at("wait-limit")
                .duration(Duration.ofMillis(100), LONGEST)
                .orElse(byDefault.waitLimit()),
            header(queue.at("priority-header")),
            queue.at("drain").duration(Duration.ZERO, LONGEST).orElse(byDefault.drainLimit()),
            queue.at("preload").flag().orElse(byDefault.preload()));
    queue.rejectUnknownKeys();
    return settings;
  }

  private static Order order(YamlMap queue) {
    Order byDefault = Order.DEFAULT;
    return new Order(
        queue.at("aging").duration(Duration.ofSeconds(1), LONGEST).orElse(byDefault.aging()),
        queue.at("overtake-limit").integer(0, MOST).orElse(byDefault.overtakeLimit()),
        queue.at("warm-limit").integer(0, MOST).orElse(byDefault.warmLimit()),
        queue
            .at("linger")
            .duration(Duration.ZERO, Duration.ofMinutes(1))
            .orElse(byDefault.linger()));
  }

  private static @Nullable String header(YamlValue value) {
    Optional<String> name = value.text().map(text -> text.strip().toLowerCase(Locale.ROOT));
    name.filter(text -> !text.matches("[a-z0-9-]{1,64}"))
        .ifPresent(_ -> value.problem("the name of a header has letters, digits and -"));
    return name.orElse(null);
  }
}
