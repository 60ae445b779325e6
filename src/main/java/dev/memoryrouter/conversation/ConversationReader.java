package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what an agent meant by a request: who speaks, which turn it is, what the person said, in
/// which mode and project. Reads any request without an exception, in time linear in its length.
/// Thread-safe.
public final class ConversationReader {

  private final KnownTexts texts = new KnownTexts();
  private final PrefixHasher hasher = new PrefixHasher(texts);

  /// Never changes or keeps the request.
  ///
  /// @param headers names in lower case
  public Conversation read(ChatRequest request, Map<String, String> headers) {
    Transcript transcript = Transcript.of(request, headers);
    ClientKind client = ClientRecognizer.recognize(transcript);
    TurnRecognizer recognizer = new TurnRecognizer(transcript, client);
    TurnKind helper = recognizer.helper();
    // What stands in a helper's prompt (a diff, a whole conversation) is nobody's words.
    WordsFinder finder = new WordsFinder(transcript, client, texts);
    HumanWords human = helper == null ? finder.find() : null;
    List<String> commands = Instructions.find(transcript, client);
    return new Conversation(
        request,
        client,
        helper == null ? recognizer.turn(human, commands) : helper,
        ModeFinder.find(transcript, client),
        human,
        human == null ? null : finder.wordsBefore(human.message()),
        commands,
        transcript.newestResults(),
        ProgressFinder.find(transcript, client),
        WorkspaceFinder.find(transcript, client),
        session(transcript),
        opening(transcript, client),
        helper != null || isBesideSession(transcript, client),
        prefixes(transcript, client));
  }

  private PrefixChain prefixes(Transcript transcript, ClientKind client) {
    return client == ClientKind.AIDER
        ? hasher.chainOf(AiderHistory.of(transcript).counted())
        : hasher.chain(transcript.messages());
  }

  /// Two conversations do not begin in the same second in the same folder.
  private static @Nullable String opening(Transcript transcript, ClientKind client) {
    Message first = transcript.firstUser();
    if (first == null || (client != ClientKind.CLINE && client != ClientKind.ROO)) {
      return null;
    }
    String environment = EnvironmentDetails.newest(List.of(first), block -> block);
    return environment == null || !environment.contains("\n# Current Time\n")
        ? null
        : PrefixHasher.text(environment);
  }

  /// These agents offer tools in every turn: a call without any only borrows the session's id.
  private static boolean isBesideSession(Transcript transcript, ClientKind client) {
    return switch (client) {
      case OPENCODE, KILO ->
          transcript.request().tools().isEmpty() && transcript.sessionHeader() != null;
      case CLINE, CLINE_SDK, ROO, CONTINUE, AIDER, QWEN_CODE, OTHER -> false;
    };
  }

  private static @Nullable String session(Transcript transcript) {
    String header = transcript.sessionHeader();
    if (header != null) {
      return header;
    }
    // Legacy Cline's LiteLLM provider sends one that is constant for a task.
    String field = transcript.request().extras().path("litellm_session_id").asString("").strip();
    return field.isEmpty() ? null : field;
  }
}
