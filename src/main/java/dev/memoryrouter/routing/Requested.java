package dev.memoryrouter.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a requested model name stands for.
public sealed interface Requested {
  /// The rules decide.
  ///
  /// @param bank the bank named in the name; null when it names none
  record Alias(String alias, @Nullable String bank) implements Requested {}

  /// This model.
  ///
  /// @param model its key
  record Explicit(String model) implements Requested {}

  /// Nothing that is published.
  ///
  /// @param names those that are
  record Unknown(List<String> names) implements Requested {
    public Unknown {
      names = List.copyOf(names);
    }
  }
}
