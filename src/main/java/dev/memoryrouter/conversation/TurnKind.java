package dev.memoryrouter.conversation;

import java.util.Locale;

/// What kind of turn a request is.
public enum TurnKind {
  /// The first request of a conversation with a person's words.
  FIRST,
  /// A later request whose newest turn has a person's words.
  HUMAN,
  /// The newest turn only brings tool results.
  TOOL_LOOP,
  /// The client asks for a summary of the conversation.
  CONDENSE,
  COMMIT_MESSAGE,
  TITLE,
  /// The first request of a helper agent: its words are a model's, not a person's.
  SUBAGENT,
  /// A machine-made reminder that the last answer was not usable.
  NUDGE,
  /// A task taken up again without new words.
  RESUME;

  /// The name used in configuration and in answers, such as `tool-loop`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
