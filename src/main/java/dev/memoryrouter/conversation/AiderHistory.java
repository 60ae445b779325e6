package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The conversation proper in a request of aider, which sends examples before it, file listings and
/// their acknowledgements between, and its rules after the newest words; all but the conversation
/// may change with each turn.
final class AiderHistory {
  /// How aider's own user messages begin.
  private static final List<String> LISTINGS =
      List.of(
          "Here are summaries of some files",
          "I have *added these files to the chat*",
          "I am not sharing any files",
          "Here are some *READ ONLY files");

  private static final String EXAMPLES_END = "I switched to a new code base.";

  private final List<Message> messages;
  private final int turnStart;
  private final int start;

  private AiderHistory(List<Message> messages, int turnStart) {
    this.messages = messages;
    this.turnStart = turnStart;
    start = afterExamples(messages);
  }

  static AiderHistory of(Transcript transcript) {
    return new AiderHistory(transcript.messages(), transcript.turnStart());
  }

  /// Whether nothing was said before the newest turn.
  boolean isFirst() {
    return messages.subList(Math.min(start, turnStart), turnStart).stream()
        .noneMatch(message -> message.role() == Role.USER && !isListing(message));
  }

  /// Each message as it is when it has become history; null for those around the conversation.
  List<@Nullable Message> counted() {
    List<@Nullable Message> counted = new ArrayList<>();
    boolean listed = false;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      boolean answersListing = listed && message.role() == Role.ASSISTANT;
      listed = message.role() == Role.USER && isListing(message);
      boolean around = i < start || message.role() == Role.SYSTEM || listed || answersListing;
      counted.add(around ? null : bare(message));
    }
    return counted;
  }

  private static int afterExamples(List<Message> messages) {
    int start = 0;
    for (int i = 0; i < messages.size(); i++) {
      boolean ends =
          messages.get(i).role() == Role.USER && messages.get(i).text().startsWith(EXAMPLES_END);
      start = ends ? i + 1 : start;
    }
    boolean acknowledged =
        start > 0 && start < messages.size() && messages.get(start).role() == Role.ASSISTANT;
    return acknowledged ? start + 1 : start;
  }

  private static boolean isListing(Message message) {
    String text = message.text();
    return LISTINGS.stream().anyMatch(text::startsWith);
  }

  private static Message bare(Message message) {
    return message.role() == Role.USER && message.images() == 0
        ? Message.of(Role.USER, FreeWords.beforeRules(message.text()))
        : message;
  }
}
