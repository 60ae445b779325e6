package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import java.util.ArrayList;
import java.util.List;

/// A text of the history that is replaced by a marked note, because the prompt would not fit.
///
/// @param message index of the message
/// @param part index of the text part in it
/// @param note what stands in its place
public record Shortening(int message, int part, String note) {
  Shortening at(int newMessage) {
    return new Shortening(newMessage, part, note);
  }

  Message applyTo(Message message) {
    List<Part> parts = new ArrayList<>(message.parts());
    parts.set(part, new Part.Text(note));
    return message.withParts(parts);
  }
}
