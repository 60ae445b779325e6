package dev.memoryrouter.chat;

import dev.memoryrouter.files.YamlValue;
import java.util.List;
import java.util.Locale;

/// Parts of model names that make agents treat a model as another one: other roles, no temperature,
/// another window. Names that this server publishes must not have them.
final class ClientNameTraps {
  private static final List<String> TRAPS = List.of("o1", "o3", "o4", "gpt-5", "deepseek");

  private ClientNameTraps() {}

  static void check(String name, YamlValue value) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String trap : TRAPS) {
      if (lower.contains(trap)) {
        value.problem(
            "the name contains \""
                + trap
                + "\", which makes agents treat the model as another one; choose a name without"
                + " o1, o3, o4, gpt-5 and deepseek");
        return;
      }
    }
  }
}
