package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a memory block goes: a text part of its own directly after the part with the person's
/// words. A string content stays a string, joined by a blank line. Words inside a tool message: the
/// first part of the next user message of the same turn, since nothing may stand in a tool's
/// result.
///
/// @param message index of the carrying message
/// @param part index at which the new part is inserted
record Placement(int message, int part) {
  /// The place for the newest human turn; empty when no message can carry it.
  static Optional<Placement> of(Conversation conversation) {
    HumanWords words = conversation.human();
    if (words == null) {
      return Optional.empty();
    }
    List<Message> messages = conversation.request().messages();
    if (messages.get(words.message()).role() == Role.USER) {
      return Optional.of(new Placement(words.message(), words.part() + 1));
    }
    for (int i = words.message() + 1; i < messages.size(); i++) {
      Role role = messages.get(i).role();
      if (role == Role.USER) {
        return Optional.of(new Placement(i, 0));
      }
      if (role == Role.ASSISTANT) {
        break;
      }
    }
    return Optional.empty();
  }

  /// The place for the newest human turn if it is known what stands there: the turn was answered,
  /// and a block was placed for it, or it was looked at and got nothing.
  static Optional<Placement> ofSettledTurn(
      Conversation conversation, PromptMemory memory, String bank) {
    return of(conversation)
        .filter(place -> place.isAnswered(conversation))
        .filter(place -> memory.placedIn(conversation, bank).containsKey(place.message()));
  }

  private boolean isAnswered(Conversation conversation) {
    List<Message> messages = conversation.request().messages();
    return messages.subList(message, messages.size()).stream()
        .anyMatch(later -> later.role() == Role.ASSISTANT);
  }

  /// The message with a block in it.
  static Message insert(Message message, int part, String block) {
    if (message.form() == Message.Form.STRING) {
      return message.withParts(List.of(new Part.Text(message.text() + "\n\n" + block)));
    }
    List<Part> parts = new ArrayList<>(message.parts());
    parts.add(Math.min(part, parts.size()), new Part.Text(block));
    return message.withParts(parts);
  }
}
