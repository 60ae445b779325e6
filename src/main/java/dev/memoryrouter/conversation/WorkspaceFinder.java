package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the absolute path of the project that an agent works in: in the newest environment details
/// that name it, else in the system prompt, else where qwen-code says it.
final class WorkspaceFinder {
  private static final List<String> FILE_LISTS =
      List.of("# Current Working Directory (", "# Current Workspace Directory (");
  private static final String LIST_END = ") Files";
  private static final String KEY = "working directory";
  private static final String QWEN_SENTENCE = "I'm currently working in the directory:";

  private WorkspaceFinder() {}

  static @Nullable String find(Transcript transcript, ClientKind client) {
    String path = EnvironmentDetails.newest(transcript.messages(), WorkspaceFinder::inEnvironment);
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
    String path = inLines(system, true);
    return path == null ? inLines(system, false) : path;
  }

  private static @Nullable String inLines(String text, boolean asKey) {
    for (int i = text.indexOf("orking "); i >= 0; i = text.indexOf("orking ", i + 1)) {
      int start = i - 1;
      if (start < 0 || !text.regionMatches(true, start, KEY, 0, KEY.length())) {
        continue;
      }
      int after = start + KEY.length();
      int end = text.indexOf('\n', after);
      String rest = text.substring(after, end < 0 ? text.length() : end);
      String path = asKey ? asValue(rest) : asSentence(rest);
      if (path != null) {
        return path;
      }
    }
    return null;
  }

  private static @Nullable String asValue(String rest) {
    return rest.startsWith(":") ? absolute(rest.substring(1)) : null;
  }

  private static @Nullable String asSentence(String rest) {
    String said = rest.strip();
    if (!said.startsWith("is")) {
      return null;
    }
    said = said.substring(2).strip();
    said = said.startsWith(":") ? said.substring(1) : said;
    int more = said.toLowerCase(Locale.ROOT).indexOf(" and ");
    String path = absolute(more < 0 ? said : said.substring(0, more));
    return path != null && path.endsWith(".") ? path.substring(0, path.length() - 1) : path;
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

  /// The path without quotes when it is absolute (POSIX, Windows drive or share), else null.
  private static @Nullable String absolute(String candidate) {
    String path = candidate.strip();
    if (path.length() > 1 && "`'\"".indexOf(path.charAt(0)) >= 0) {
      int close = path.indexOf(path.charAt(0), 1);
      path = path.substring(1, close < 0 ? path.length() : close);
    }
    boolean drive =
        path.length() > 2
            && Character.isLetter(path.charAt(0))
            && path.charAt(1) == ':'
            && (path.charAt(2) == '\\' || path.charAt(2) == '/');
    return drive || path.startsWith("/") || path.startsWith("\\\\") ? path : null;
  }
}
