package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a person's words from one text of an agent that wraps them in tags (legacy Cline, Roo).
/// Tags inside tool results, quoted files or environment details are not a person's; in tool
/// results only those of tools that talk to the person count, and a comment on an approval.
final class WrappedWords {
  static final Set<String> WRAPPERS = Set.of("task", "feedback", "answer", "user_message");

  private static final int LONGEST_LEAD = 300;

  /// Where a text comes from, which decides how far its tags are believed.
  enum Source {
    /// Beside tool results: a part of its own that a person or the client wrote.
    MESSAGE,
    /// The result of a tool through which a person answers.
    DIALOGUE,
    /// The result of any other tool.
    RESULT;

    /// @param tool null when the call is not known
    static Source ofTool(@Nullable String tool) {
      return tool != null && ToolHeader.isDialogue(tool) ? DIALOGUE : RESULT;
    }
  }

  private final String text;
  private final TaggedText tags;
  private final int lastHeaderEnd;
  private final List<String> words = new ArrayList<>();
  private Source source;
  private int bodyStart;

  WrappedWords(String text, Source source) {
    this.text = text;
    this.source = source;
    tags = new TaggedText(text);
    lastHeaderEnd = text.lastIndexOf(ToolHeader.END);
    read();
  }

  /// What the person said, in order; none blank.
  List<String> words() {
    return words;
  }

  /// What a following part is when this one was a bare tool header: old versions of Cline sent
  /// header and result as two parts.
  Source next() {
    return source != Source.MESSAGE && bodyStart > 0 && text.substring(bodyStart).isBlank()
        ? source
        : Source.MESSAGE;
  }

  private void read() {
    int i = 0;
    while (i < text.length()) {
      i =
          switch (text.charAt(i)) {
            case '[' -> afterBracket(i);
            case '<' -> afterTag(i);
            default -> i + 1;
          };
    }
  }

  private int afterBracket(int i) {
    if (i >= lastHeaderEnd || !Tag.isLineStart(text, i)) {
      return i + 1;
    }
    ToolHeader header = ToolHeader.at(text, i);
    if (header == null) {
      return i + 1;
    }
    source = header.isDialogue() ? Source.DIALOGUE : Source.RESULT;
    bodyStart = header.end();
    return bodyStart;
  }

  private int afterTag(int i) {
    Tag tag = Tag.at(text, i);
    if (tag == null) {
      return i + 1;
    }
    if (!tag.closing() && WRAPPERS.contains(tag.name()) && isBelieved(tag)) {
      return afterWords(tag);
    }
    return Math.max(tag.end(), tags.endOfMachineMade(tag));
  }

  private boolean isBelieved(Tag tag) {
    return switch (source) {
      case MESSAGE -> tag.startsLine(text) || isQuietInline(tag);
      case DIALOGUE -> tag.startsLine(text) || isFirst(tag);
      case RESULT -> isCommentOnApproval(tag);
    };
  }

  private boolean isFirst(Tag tag) {
    return tag.start() - bodyStart < LONGEST_LEAD
        && text.substring(bodyStart, tag.start()).isBlank();
  }

  /// A tag after a sentence on the same line, unless it is quoted as code or never closed.
  private boolean isQuietInline(Tag tag) {
    return text.charAt(tag.start() - 1) != '`' && tags.close(tag) != null;
  }

  /// A result of any tool may begin with a sentence of the client and the person's comment.
  private boolean isCommentOnApproval(Tag tag) {
    if (!tag.name().equals("feedback") || tag.start() - bodyStart > LONGEST_LEAD) {
      return false;
    }
    String lead = text.substring(bodyStart, tag.start()).strip();
    return lead.indexOf('\n') < 0 && lead.toLowerCase(Locale.ROOT).endsWith("feedback:");
  }

  private int afterWords(Tag open) {
    Tag close = tags.close(open);
    int to = close == null ? endOfUnclosed(open) : close.start();
    String said = tags.withoutMachineMade(open.end(), to);
    if (!said.isEmpty()) {
      words.add(said);
    }
    return close == null ? to : close.end();
  }

  private int endOfUnclosed(Tag open) {
    int environment = text.indexOf("\n<" + TaggedText.ENVIRONMENT, open.end());
    return environment < 0 ? text.length() : environment + 1;
  }
}
