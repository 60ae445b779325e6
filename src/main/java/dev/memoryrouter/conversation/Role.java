package dev.memoryrouter.conversation;

/// Who speaks in a message. OpenAI's `developer` is read as [#SYSTEM].
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT,
  TOOL
}
