package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.files.DurableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The model that serves a running conversation.
///
/// @param model its key
/// @param intent label of the intent that led to it
/// @param mode of the agent at that time; null when it did not say
public record StickyRoute(String model, String intent, @Nullable Mode mode) {
  /// Names of models and intents have no tabs.
  public static final DurableMap.Codec<StickyRoute> CODEC =
      new DurableMap.Codec<>(StickyRoute::line, StickyRoute::of);

  private String line() {
    return model + '\t' + intent + '\t' + (mode == null ? "" : mode.label());
  }

  private static Optional<StickyRoute> of(String line) {
    String[] fields = line.split("\t", -1);
    return fields.length == 3
        ? Optional.of(new StickyRoute(fields[0], fields[1], mode(fields[2])))
        : Optional.empty();
  }

  /// The mode with this label; null when none has it.
  static @Nullable Mode mode(String label) {
    return Stream.of(Mode.values())
        .filter(mode -> mode.label().equals(label))
        .findFirst()
        .orElse(null);
  }
}
