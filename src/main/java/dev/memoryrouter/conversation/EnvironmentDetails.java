package dev.memoryrouter.conversation;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The state of the editor that Cline, Roo and Kilo append to a user's turn.
final class EnvironmentDetails {
  private static final String OPEN = "<" + TaggedText.ENVIRONMENT + ">";
  private static final String CLOSE = "</" + TaggedText.ENVIRONMENT + ">";

  private EnvironmentDetails() {}

  /// The block in a text; null when it has none. A block is a text of its own, or the end of one:
  /// elsewhere it is part of a file or of prose.
  static @Nullable String in(String text) {
    int start = text.indexOf(OPEN);
    if (start >= 0 && text.substring(0, start).isBlank()) {
      return text.substring(start);
    }
    int last = start < 0 ? -1 : text.lastIndexOf(OPEN);
    return last >= 0 && Tag.isLineStart(text, last) && text.stripTrailing().endsWith(CLOSE)
        ? text.substring(last)
        : null;
  }

  /// Whether a text is a block, with or without text behind it.
  static boolean opens(String text) {
    return text.stripLeading().startsWith(OPEN);
  }

  /// As [#newest], of agents that write such blocks: in the words of others a block is pasted, and
  /// tells nothing of their own project.
  static <T> @Nullable T told(
      Transcript transcript, ClientKind client, Function<String, @Nullable T> question) {
    return switch (client) {
      case CLINE, ROO, KILO -> newest(transcript.messages(), question);
      case CLINE_SDK, CONTINUE, AIDER, OPENCODE, QWEN_CODE, OTHER -> null;
    };
  }

  /// The first result that is not null, asking the newest block first.
  static <T> @Nullable T newest(List<Message> messages, Function<String, @Nullable T> question) {
    for (int m = messages.size() - 1; m >= 0; m--) {
      Message message = messages.get(m);
      if (message.role() != Role.USER) {
        continue;
      }
      for (int p = message.parts().size() - 1; p >= 0; p--) {
        T answer =
            message.parts().get(p) instanceof Part.Text(String text) ? ask(text, question) : null;
        if (answer != null) {
          return answer;
        }
      }
    }
    return null;
  }

  /// The rest of the line after a heading that starts a line; null when no line starts so.
  static @Nullable String afterLineStart(String text, String heading) {
    for (int i = text.indexOf(heading); i >= 0; i = text.indexOf(heading, i + 1)) {
      if (i == 0 || text.charAt(i - 1) == '\n') {
        int end = text.indexOf('\n', i);
        return text.substring(i + heading.length(), end < 0 ? text.length() : end);
      }
    }
    return null;
  }

  private static <T> @Nullable T ask(String text, Function<String, @Nullable T> question) {
    String block = in(text);
    return block == null ? null : question.apply(block);
  }
}
