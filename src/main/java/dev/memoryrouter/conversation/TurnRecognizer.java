package dev.memoryrouter.conversation;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Tells what kind of turn a request is. Helper calls are known by what their system prompt opens
/// with and by offering no tools; the rest follows from the newest turn. A history that ends with
/// an assistant message is to be continued and counts as a tool loop.
final class TurnRecognizer {
  static final String AIDER_COMMIT = "generates concise, one-line Git commit messages";

  private static final int OPENING = 600;
  private static final int QWEN_SUMMARY_TOKENS = 20_000;
  private static final List<String> TITLE_OPENINGS =
      List.of("you are a title generator", "you generate titles", "generate a title");
  private static final List<String> DIFF_MARKS = List.of("diff --git ", "\n+++ ", "\n@@ ");
  private final Transcript transcript;
  private final ClientKind client;

  TurnRecognizer(Transcript transcript, ClientKind client) {
    this.transcript = transcript;
    this.client = client;
  }

  static boolean isLegacySubagent(String system) {
    return system.contains("Subagent Execution Mode");
  }

  /// A call beside the conversation; null when the request is a turn of one.
  @Nullable TurnKind helper() {
    if (!transcript.request().tools().isEmpty()) {
      return null;
    }
    String opening = transcript.systemOpening(OPENING).stripLeading();
    if (TITLE_OPENINGS.stream().anyMatch(opening::startsWith)) {
      return TurnKind.TITLE;
    }
    if (asksForCommitMessage(opening)) {
      return TurnKind.COMMIT_MESSAGE;
    }
    return asksForSummary(opening) ? TurnKind.CONDENSE : null;
  }

  /// The kind of a request that is no helper call.
  ///
  /// @param words the newest words of a person in the whole request
  /// @param commands slash commands of the newest turn
  TurnKind turn(@Nullable HumanWords words, List<String> commands) {
    if (Instructions.condense(commands)) {
      return TurnKind.CONDENSE;
    }
    boolean opening = !transcript.hasRole(Role.ASSISTANT) && !transcript.hasRole(Role.TOOL);
    return opening ? opening(words) : later(words);
  }

  private TurnKind opening(@Nullable HumanWords words) {
    if (client != ClientKind.OTHER && newestTurnHas(Notices::isSummary)) {
      return words == null ? TurnKind.RESUME : TurnKind.HUMAN;
    }
    return isSubagent() ? TurnKind.SUBAGENT : TurnKind.FIRST;
  }

  private boolean isSubagent() {
    return switch (client) {
      case CLINE ->
          isLegacySubagent(transcript.system())
              || (transcript.system().startsWith("You are Cline") && !wrapsWords());
      // The SDK names the directory to the main agent only.
      case CLINE_SDK ->
          !transcript.request().tools().isEmpty()
              && !transcript.system().isEmpty()
              && !transcript.system().startsWith("You are Cline")
              && !ClientRecognizer.namesSdkDirectory(transcript.system());
      case ROO, CONTINUE, AIDER, OPENCODE, KILO, QWEN_CODE, OTHER -> false;
    };
  }

  private boolean wrapsWords() {
    return newestTurnHas(
        text -> !new WrappedWords(text, WrappedWords.Source.MESSAGE).words().isEmpty());
  }

  private TurnKind later(@Nullable HumanWords words) {
    int turnStart = transcript.turnStart();
    boolean spoken = words != null && words.message() >= turnStart;
    if (isResumedAfter(words)) {
      return TurnKind.RESUME;
    }
    if (spoken) {
      return client == ClientKind.AIDER && AiderHistory.of(transcript).isFirst()
          ? TurnKind.FIRST
          : TurnKind.HUMAN;
    }
    if (newestTurnHas(Notices::isNudge)) {
      return TurnKind.NUDGE;
    }
    return isShown() ? TurnKind.HUMAN : TurnKind.TOOL_LOOP;
  }

  /// Whether the newest turn takes a task up and no words follow. Older words may stand in the same
  /// message, because the client rebuilds it.
  private boolean isResumedAfter(@Nullable HumanWords words) {
    List<Message> messages = transcript.messages();
    for (int m = messages.size() - 1; m >= transcript.turnStart(); m--) {
      List<Part> parts = messages.get(m).parts();
      for (int p = parts.size() - 1; p >= 0; p--) {
        if (words != null && m == words.message() && p == words.part()) {
          return false;
        }
        if (parts.get(p) instanceof Part.Text(String text) && Notices.isResumption(text)) {
          return true;
        }
      }
    }
    return false;
  }

  /// A person who sends only an image or nothing still speaks, unless the client writes all that a
  /// person says in tags, or tools come in between.
  private boolean isShown() {
    List<Message> turn = transcript.newestTurn();
    List<Message> users = turn.stream().filter(message -> message.role() == Role.USER).toList();
    return !users.isEmpty()
        && turn.stream().noneMatch(message -> message.role() == Role.TOOL)
        && (client == ClientKind.OTHER || isWordless(users));
  }

  private boolean isWordless(List<Message> users) {
    return !WordsFinder.isWrapping(transcript, client)
        && !newestTurnHas(Notices::isAny)
        && users.stream().anyMatch(message -> message.images() > 0 || message.text().isBlank());
  }

  private boolean newestTurnHas(Predicate<String> notice) {
    return transcript.newestTurn().stream()
        .filter(message -> message.role() == Role.USER)
        .flatMap(Transcript::texts)
        .anyMatch(notice);
  }

  private boolean asksForCommitMessage(String opening) {
    return transcript.system().contains(AIDER_COMMIT)
        || (opening.contains("commit message")
            && !transcript.hasRole(Role.ASSISTANT)
            && newestTurnHas(text -> DIFF_MARKS.stream().anyMatch(text::contains)));
  }

  private boolean asksForSummary(String opening) {
    if (opening.startsWith("you are a context summarization agent")
        || opening.startsWith("summarize the provided coding session")) {
      return true;
    }
    return switch (client) {
      case ROO, KILO, OPENCODE -> opening.contains("summariz");
      case QWEN_CODE -> isOf(QWEN_SUMMARY_TOKENS, transcript.request().options().maxTokens());
      case CLINE, CLINE_SDK, CONTINUE, AIDER, OTHER -> false;
    };
  }

  private static boolean isOf(int expected, @Nullable Integer value) {
    return value != null && value == expected;
  }
}
