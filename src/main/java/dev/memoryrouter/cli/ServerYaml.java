package dev.memoryrouter.cli;

import dev.memoryrouter.memory.Bank;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The text of `server.yaml`, to which banks can be added without a change of anything else. It
/// knows the ways in which people write the list; the result must be checked by loading it.
record ServerYaml(String text) {
  static final String NAME = "server.yaml";

  private static final Pattern KEY = Pattern.compile("(?m)^\uFEFF?banks[ \\t]*:([^\\r\\n]*)");
  private static final Pattern LINE = Pattern.compile("([^\\r\\n]*)(\\r\\n|\\n|\\r|\\z)");
  private static final Pattern ITEM = Pattern.compile("( *)-(\\s.*)?");

  /// What stands for the list as long as there is none.
  private static final String IMPLICIT = "{name: default, path: ./memory-bank}";

  /// The text with one more bank; empty when its list is written in an unknown way.
  Optional<String> with(Bank bank) {
    Matcher key = KEY.matcher(text);
    if (!key.find()) {
      return Optional.of(
          (text.isEmpty() || text.endsWith("\n") ? text : text + end())
              + "banks:"
              + end()
              + items("  ", IMPLICIT, entry(bank))
              + end());
    }
    String rest = key.group(1).replaceFirst("(^|\\s)#.*", "").strip();
    if (rest.isEmpty()) {
      return Optional.of(block(key.end(), bank));
    }
    return rest.startsWith("[") ? flow(text.indexOf('[', key.start()), bank) : Optional.empty();
  }

  /// One item. A JSON string is a YAML string; `${` would be taken for a placeholder.
  static String entry(Bank bank) {
    String workspace = bank.workspace();
    return "{name: "
        + (bank.name().matches("[A-Za-z][A-Za-z0-9._-]*") && !bank.name().equalsIgnoreCase("null")
            ? bank.name()
            : quoted(bank.name()))
        + ", path: "
        + quoted(bank.root().toString())
        + (workspace == null ? "" : ", workspace: " + quoted(workspace))
        + "}";
  }

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text.replace("${", "$${"));
  }

  /// A list with an item on each line: the new one comes after the last.
  private String block(int from, Bank bank) {
    int insertAt = from;
    @Nullable String indent = null;
    Matcher line = LINE.matcher(text).region(nextLine(from), text.length());
    while (line.lookingAt() && line.end() > line.start()) {
      String content = line.group(1);
      boolean blank = content.isBlank() || content.stripLeading().startsWith("#");
      Matcher item = ITEM.matcher(content);
      if (!blank && !item.matches() && !content.startsWith(" ")) {
        break;
      }
      if (!blank) {
        insertAt = line.end(1);
        if (indent == null && item.matches()) {
          indent = item.group(1);
        }
      }
      line.region(line.end(), text.length());
    }
    String added = indent == null ? items("  ", IMPLICIT, entry(bank)) : items(indent, entry(bank));
    return text.substring(0, insertAt) + end() + added + text.substring(insertAt);
  }

  private int nextLine(int from) {
    Matcher line = LINE.matcher(text).region(from, text.length());
    return line.lookingAt() ? line.end() : text.length();
  }

  /// A list in brackets.
  private Optional<String> flow(int open, Bank bank) {
    int close = closing(open);
    if (close < 0) {
      return Optional.empty();
    }
    String inside = text.substring(open + 1, close).stripTrailing();
    String separator = inside.isBlank() || inside.endsWith(",") ? "" : ", ";
    int insertAt = open + 1 + inside.length();
    return Optional.of(
        text.substring(0, insertAt) + separator + entry(bank) + text.substring(insertAt));
  }

  private int closing(int open) {
    int depth = 0;
    char quote = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote == '"') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[' || c == '{') {
        depth++;
      } else if ((c == ']' || c == '}') && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private String items(String indent, String... items) {
    return indent + "- " + String.join(end() + indent + "- ", items);
  }

  private String end() {
    return text.contains("\r\n") ? "\r\n" : "\n";
  }
}
