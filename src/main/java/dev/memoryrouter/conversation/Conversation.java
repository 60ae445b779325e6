package dev.memoryrouter.conversation;

import org.jspecify.annotations.Nullable;

/// A request together with what the agent meant by it.
///
/// @param mode null when the agent has no such modes or does not say
/// @param human the newest words of a person, possibly some turns back, or a subagent's order; null
///   when none were found, and in calls for a title, a commit message or a summary beside the
///   conversation
/// @param task the person's first words of the conversation; null when these are the newest or none
///   were found
/// @param workspace absolute path of the project that the agent works in; null when it names none.
///   Only ever compared as a string
/// @param session the agent's own session id; null when it sends none
/// @param helper a call beside the conversation (title, commit message, condense outside of it):
///   moves neither route nor identity
/// @param prefixes identity of each prefix of the messages
public record Conversation(
    ChatRequest request,
    ClientKind client,
    TurnKind turn,
    @Nullable Mode mode,
    @Nullable HumanWords human,
    @Nullable String task,
    @Nullable String workspace,
    @Nullable String session,
    boolean helper,
    PrefixChain prefixes) {

  /// Whether a coding agent speaks: it has an envelope of its own, or it offers tools.
  public boolean isAgent() {
    return client != ClientKind.OTHER || !request.tools().isEmpty();
  }
}
