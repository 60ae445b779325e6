package dev.memoryrouter.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request together with what the agent meant by it.
///
/// @param mode null when the agent has no such modes or does not say
/// @param human the newest words of a person, possibly some turns back, or a subagent's order; null
///   when none were found, and in calls for a title, a commit message or a summary beside the
///   conversation
/// @param task the person's first words of the conversation; null when these are the newest or none
///   were found
/// @param commands names of the slash commands in the newest turn, such as `deep-planning`
/// @param results names of the tools whose results the newest turn brings, as far as they are told
/// @param progress of the newest list of things to do; null when the agent shows none
/// @param workspace absolute path of the project that the agent works in; null when it names none.
///   Only ever compared as a string
/// @param session the agent's own session id; null when it sends none
/// @param opening identity of the surroundings that the client described, with the time, at the
///   beginning of the conversation; outlives truncation. Null when it describes none
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
    List<String> commands,
    List<String> results,
    @Nullable Progress progress,
    @Nullable String workspace,
    @Nullable String session,
    @Nullable String opening,
    boolean helper,
    PrefixChain prefixes) {
  public Conversation {
    commands = List.copyOf(commands);
    results = List.copyOf(results);
  }

  /// Whether a coding agent speaks: it has an envelope of its own, or it offers tools.
  public boolean isAgent() {
    return client != ClientKind.OTHER || !request.tools().isEmpty();
  }
}
