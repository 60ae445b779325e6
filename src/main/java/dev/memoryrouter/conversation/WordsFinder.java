package dev.memoryrouter.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Finds the newest words of a person: those of the last turn that has any. Of agents that wrap
/// words in tags all words of that turn count, for a person may comment on several tools at once.
final class WordsFinder {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> VERDICTS = Set.of("approved", "denied", "guidance");

  private final Transcript transcript;
  private final ClientKind client;
  private final KnownTexts texts;

  WordsFinder(Transcript transcript, ClientKind client, KnownTexts texts) {
    this.texts = texts;
    this.transcript = transcript;
    this.client = client;
  }

  @Nullable HumanWords find() {
    if (!isWrapping()) {
      return newest(false);
    }
    HumanWords words = newest(true);
    // A client of that kind without any envelope: a subagent, or a test by hand. One that only its
    // messages tell may be a person who pasted an environment.
    boolean wraps = hasEnvironment() && ClientRecognizer.isNamed(transcript);
    return words == null && !wraps ? newest(false) : words;
  }

  /// The first words in the messages before one; null when there are none. Aider's earlier messages
  /// are examples and files.
  @Nullable String wordsBefore(int message) {
    if (client == ClientKind.AIDER) {
      return null;
    }
    boolean wrapped = isWrapping();
    for (Message earlier : transcript.messages().subList(0, message)) {
      Spoken spoken = wrapped ? wrapped(earlier) : free(earlier);
      if (spoken != null) {
        return spoken.text();
      }
    }
    return null;
  }

  /// Whether the client puts a person's words in tags.
  private boolean isWrapping() {
    return isWrapping(transcript, client);
  }

  /// Whether a client puts a person's words in tags.
  static boolean isWrapping(Transcript transcript, ClientKind client) {
    return switch (client) {
      case CLINE, ROO -> true;
      case KILO -> opensWithWrapper(transcript);
      case CLINE_SDK, CONTINUE, AIDER, OPENCODE, QWEN_CODE, OTHER -> false;
    };
  }

  /// Kilo's editor extension wraps words as Roo does, its command line does not.
  private static boolean opensWithWrapper(Transcript transcript) {
    Message first = transcript.firstUser();
    return first != null
        && Transcript.texts(first)
            .map(String::stripLeading)
            .map(text -> text.startsWith("<") ? Tag.at(text, 0) : null)
            .anyMatch(tag -> tag != null && WrappedWords.WRAPPERS.contains(tag.name()));
  }

  private boolean hasEnvironment() {
    return EnvironmentDetails.newest(transcript.messages(), block -> block) != null;
  }

  private @Nullable HumanWords newest(boolean wrapped) {
    List<Message> messages = transcript.messages();
    List<Spoken> backwards = new ArrayList<>();
    int newest = -1;
    for (int m = messages.size() - 1; m >= 0; m--) {
      Message message = messages.get(m);
      if (newest >= 0 && (!wrapped || message.role() == Role.ASSISTANT)) {
        break;
      }
      Spoken spoken = wrapped ? wrapped(message) : free(message);
      if (spoken != null) {
        backwards.add(spoken);
        newest = Math.max(newest, m);
      }
    }
    if (newest < 0) {
      return null;
    }
    int part = backwards.getFirst().part();
    return new HumanWords(Spoken.join(backwards.reversed(), "\n\n").text(), newest, part);
  }

  private @Nullable Spoken free(Message message) {
    return switch (message.role()) {
      case USER -> FreeWords.in(message, client);
      case TOOL ->
          client == ClientKind.CLINE_SDK ? FreeWords.answer(message, toolOf(message)) : null;
      case SYSTEM, ASSISTANT -> null;
    };
  }

  private @Nullable Spoken wrapped(Message message) {
    return switch (message.role()) {
      case USER -> wrapped(message, WrappedWords.Source.MESSAGE);
      case TOOL -> wrapped(message, WrappedWords.Source.ofTool(toolOf(message)));
      case SYSTEM, ASSISTANT -> null;
    };
  }

  private @Nullable Spoken wrapped(Message message, WrappedWords.Source origin) {
    List<Spoken> spoken = new ArrayList<>();
    WrappedWords.Source source = origin;
    for (int p = 0; p < message.parts().size(); p++) {
      if (!(message.parts().get(p) instanceof Part.Text(String text))) {
        continue;
      }
      WrappedWords read = texts.words(text, source);
      for (String words : read.words()) {
        spoken.add(new Spoken(words, p));
      }
      source = message.role() == Role.TOOL ? origin : read.next();
      String verdict = message.role() == Role.TOOL ? verdictIn(text) : null;
      if (verdict != null) {
        spoken.add(new Spoken(verdict, p));
      }
    }
    return spoken.isEmpty() ? null : Spoken.join(spoken, "\n\n");
  }

  private @Nullable String toolOf(Message message) {
    return message.toolCallId() == null ? null : transcript.toolNames().get(message.toolCallId());
  }

  /// Roo puts a person's comment on a tool as one line of JSON before the tool's result.
  private static @Nullable String verdictIn(String text) {
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    if (!line.startsWith("{\"status\":") || !line.contains("\"feedback\"")) {
      return null;
    }
    try {
      JsonNode verdict = JSON.readTree(line);
      String feedback = verdict.path("feedback").asString("").strip();
      boolean known = VERDICTS.contains(verdict.path("status").asString(""));
      return known && !feedback.isEmpty() ? feedback : null;
    } catch (JacksonException _) {
      return null;
    }
  }
}
