package dev.memoryrouter.conversation;

/// Tells an answer from others to the same words: by how its text and its first tool call begin,
/// white space left aside. An answer that the client cut after that, or whose arguments it wrote
/// anew, is still known. Not thread-safe.
public final class AnswerMark {
  private static final int MOST = 200;

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder call = new StringBuilder();
  private final StringBuilder arguments = new StringBuilder();
  private int calls;

  /// The mark of an answer as a client sends it back.
  static AnswerMark of(Message answer) {
    AnswerMark mark = new AnswerMark();
    mark.addText(answer.text());
    for (ToolCall called : answer.toolCalls()) {
      mark.addCall(called.id(), called.name());
      mark.addArguments(called.arguments());
    }
    return mark;
  }

  /// More of the answer's text.
  public void addText(String more) {
    append(text, more);
  }

  /// The next tool call begins.
  public void addCall(String id, String name) {
    calls++;
    if (calls == 1) {
      call.append(id).append('\n').append(name);
    }
  }

  /// More arguments of the newest tool call.
  public void addArguments(String more) {
    if (calls == 1) {
      append(arguments, more);
    }
  }

  /// Whether there is nothing yet by which to tell the answer.
  boolean isEmpty() {
    return text.isEmpty() && calls == 0;
  }

  /// 32 hexadecimal digits.
  String hash() {
    return PrefixHasher.text(text + "\n" + call + "\n" + arguments);
  }

  private static void append(StringBuilder kept, String more) {
    for (int i = 0; i < more.length() && kept.length() < MOST; i++) {
      if (!Character.isWhitespace(more.charAt(i))) {
        kept.append(more.charAt(i));
      }
    }
  }
}
