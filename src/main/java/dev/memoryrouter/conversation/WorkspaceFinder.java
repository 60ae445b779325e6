package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds the absolute path of the project that an agent works in: in the newest environment details
/// that name it, else in the system prompt, else where qwen-code says it.
final class WorkspaceFinder {
  private static final List<String> FILE_LISTS =
      List.of("# Current Working Directory (", "# Current Workspace Directory (");
  private static final String LIST_END = ") Files";

  /// Roo calls it a workspace, which is all that says it once it has condensed a conversation.
  private static final List<String> KEYS = List.of("working directory", "workspace directory");

  private static final String KEY_END = "irectory";

  /// Far more than any path has.
  private static final int REACH = 4_096;

  /// Where a path ends that is not quoted; all other blanks may be part of it.
  private static final List<String> VALUE_ENDS = List.of(" (");

  private static final List<String> SENTENCE_ENDS = List.of(", ", ". ", "; ", " (", " and ");
  private static final String QWEN_SENTENCE = "I'm currently working in the directory:";

  private WorkspaceFinder() {}

  static @Nullable String find(Transcript transcript, ClientKind client) {
    String path = EnvironmentDetails.told(transcript, client, WorkspaceFinder::inEnvironment);
    if (path == null) {
      path = inSystemPrompt(transcript.system());
    }
    return path == null && client == ClientKind.QWEN_CODE ? afterSentence(transcript) : path;
  }

  private static @Nullable String inEnvironment(String block) {
    for (String heading : FILE_LISTS) {
      String line = EnvironmentDetails.afterLineStart(block, heading);
      int end = line == null ? -1 : line.lastIndexOf(LIST_END);
      String path = line == null || end < 0 ? null : absolute(line.substring(0, end));
      if (path != null) {
        return path;
      }
    }
    // Kilo's key. Roo also names the directories of its terminals, but not at the start of a line.
    String line = EnvironmentDetails.afterLineStart(block, "Working directory:");
    return line == null ? null : absolute(line);
  }

  /// A line that names it as `key: value` is believed before a sentence that does.
  private static @Nullable String inSystemPrompt(String system) {
    String path = inLines(system, WorkspaceFinder::asValue);
    return path == null ? inLines(system, WorkspaceFinder::asSentence) : path;
  }

  /// Looks at the first mention in each line only, and only at what follows it closely: a prompt of
  /// one line may repeat it without end.
  private static @Nullable String inLines(String text, Function<String, @Nullable String> reader) {
    int i = text.indexOf(KEY_END);
    while (i >= 0) {
      int after = i + KEY_END.length();
      int next = after;
      if (KEYS.stream().anyMatch(key -> endsWith(text, after, key))) {
        int lineEnd = text.indexOf('\n', after);
        next = lineEnd < 0 ? text.length() : lineEnd;
        String path = reader.apply(text.substring(after, Math.min(next, after + REACH)));
        if (path != null) {
          return path;
        }
      }
      i = text.indexOf(KEY_END, next);
    }
    return null;
  }

  private static boolean endsWith(String text, int end, String key) {
    int start = end - key.length();
    return start >= 0 && text.regionMatches(true, start, key, 0, key.length());
  }

  private static @Nullable String asValue(String rest) {
    return rest.startsWith(":") ? absolute(rest.substring(1), VALUE_ENDS) : null;
  }

  private static @Nullable String asSentence(String rest) {
    String said = rest.strip();
    if (!said.startsWith("is")) {
      return null;
    }
    said = said.substring(2).strip();
    String path = absolute(said.startsWith(":") ? said.substring(1) : said, SENTENCE_ENDS);
    return path != null && ".,;".indexOf(path.charAt(path.length() - 1)) >= 0
        ? path.substring(0, path.length() - 1)
        : path;
  }

  private static @Nullable String afterSentence(Transcript transcript) {
    for (Message message : transcript.messages()) {
      if (message.role() != Role.USER) {
        continue;
      }
      for (String text : Transcript.texts(message).toList()) {
        int start = text.indexOf(QWEN_SENTENCE);
        int from = start + QWEN_SENTENCE.length();
        int end = text.indexOf('\n', Math.min(from, text.length()));
        String path =
            start < 0 ? null : absolute(text.substring(from, end < 0 ? text.length() : end));
        if (path != null) {
          return path;
        }
      }
    }
    return null;
  }

  private static @Nullable String absolute(String candidate) {
    return absolute(candidate, List.of());
  }

  /// The path without quotes, else up to the first of its ends; null unless it is absolute (POSIX,
  /// Windows drive or share).
  private static @Nullable String absolute(String candidate, List<String> ends) {
    String path = candidate.strip();
    if (path.length() > 1 && "`'\"".indexOf(path.charAt(0)) >= 0) {
      int close = path.indexOf(path.charAt(0), 1);
      path = path.substring(1, close < 0 ? path.length() : close);
    } else {
      path = upTo(ends, path);
    }
    boolean drive =
        path.length() > 2
            && Character.isLetter(path.charAt(0))
            && path.charAt(1) == ':'
            && (path.charAt(2) == '\\' || path.charAt(2) == '/');
    return drive || path.startsWith("/") || path.startsWith("\\\\") ? path : null;
  }

  private static String upTo(List<String> ends, String path) {
    int end = path.length();
    for (String mark : ends) {
      int at = path.toLowerCase(Locale.ROOT).indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    return path.substring(0, end);
  }
}
