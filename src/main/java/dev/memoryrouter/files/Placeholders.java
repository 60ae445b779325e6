package dev.memoryrouter.files;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Fills `${NAME}` and `${NAME:default}` in a scalar. A default may hold any text, `:` and `/` and
/// further placeholders included; `$${` stands for a literal `${`. What a variable holds is taken
/// as it is.
final class Placeholders {
  private final Function<String, @Nullable String> environment;

  Placeholders(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /// @throws IllegalArgumentException with a message for the author
  String fill(String text) {
    if (!text.contains("${")) {
      return text;
    }
    StringBuilder filled = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        filled.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = closingBrace(text, at);
        filled.append(value(text.substring(at + 2, end)));
        at = end + 1;
      } else {
        filled.append(text.charAt(at++));
      }
    }
    return filled.toString();
  }

  private static int closingBrace(String text, int start) {
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      if (text.startsWith("${", i)) {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "\"${\" without its closing brace; write \"$${\" for the plain characters");
  }

  private String value(String inside) {
    int colon = inside.indexOf(':');
    String name = colon < 0 ? inside : inside.substring(0, colon);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\" is no name of an environment variable; write \"$${\" for a plain \"${\"");
    }
    String value = environment.apply(name);
    if (value != null) {
      return value;
    }
    if (colon < 0) {
      throw new IllegalArgumentException(
          "environment variable "
              + name
              + " is not set; set it or give a default: ${"
              + name
              + ":…}");
    }
    return fill(inside.substring(colon + 1));
  }
}
