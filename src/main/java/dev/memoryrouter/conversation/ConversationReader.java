package dev.memoryrouter.conversation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what an agent meant by a request: who speaks, which turn it is, what the person said, in
/// which mode and project. Reads any request without an exception, in time linear in its length.
/// Thread-safe.
public final class ConversationReader {

  /// Never changes or keeps the request.
  ///
  /// @param headers names in lower case
  public Conversation read(ChatRequest request, Map<String, String> headers) {
    Transcript transcript = Transcript.of(request, headers);
    ClientKind client = ClientRecognizer.recognize(transcript);
    TurnRecognizer recognizer = new TurnRecognizer(transcript, client);
    TurnKind helper = recognizer.helper();
    // What stands in a helper's prompt (a diff, a whole conversation) is nobody's words.
    WordsFinder finder = new WordsFinder(transcript, client);
    HumanWords human = helper == null ? finder.find() : null;
    return new Conversation(
        request,
        client,
        helper == null ? recognizer.turn(human) : helper,
        ModeFinder.find(transcript, client),
        human,
        human == null ? null : finder.wordsBefore(human.message()),
        WorkspaceFinder.find(transcript, client),
        session(transcript),
        helper != null || isBesideSession(transcript, client),
        PrefixHasher.chain(request.messages()));
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
