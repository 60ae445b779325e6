package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells which agent sent a request: by its name in the headers, else by the marks that it leaves
/// in messages, else by its system prompt and tools. A mark counts only where the agent puts it, so
/// that a person who writes about a tag is not taken for an agent.
final class ClientRecognizer {
  private static final Map<String, ClientKind> USER_AGENTS =
      Map.of(
          "cline/", ClientKind.CLINE,
          "roocode/", ClientKind.ROO,
          "opencode/", ClientKind.OPENCODE,
          "kilo-code/", ClientKind.KILO,
          "qwencode/", ClientKind.QWEN_CODE,
          "ls/js", ClientKind.CONTINUE);

  private static final Map<String, ClientKind> TITLES =
      Map.of(
          "cline", ClientKind.CLINE,
          "roo code", ClientKind.ROO,
          "kilo code", ClientKind.KILO);

  private static final Set<String> SDK_TOOLS =
      Set.of(
          "ask_question",
          "editor",
          "fetch_web_content",
          "read_files",
          "run_commands",
          "search_codebase",
          "spawn_agent");

  private static final List<String> ROO_MARKS =
      List.of(
          "\n# Current Mode\n<slug>",
          "\n# Current Workspace Directory (",
          "\n# VSCode ",
          "\n# Current Cost\n");

  private static final List<String> AGENT_PROMPTS =
      List.of("You are Cline", "You are Roo", "You are Kilo");

  private ClientRecognizer() {}

  static ClientKind recognize(Transcript transcript) {
    ClientKind client = byHeaders(transcript);
    if (client == null) {
      client = byMessages(transcript);
    }
    return client == null ? bySystemPrompt(transcript) : client;
  }

  /// Whether the system prompt names the directory as the Cline SDK does, in a numbered line.
  static boolean namesSdkDirectory(String system) {
    int i = system.indexOf(". Working Directory: ");
    return i > 0 && Character.isDigit(system.charAt(i - 1));
  }

  private static @Nullable ClientKind byHeaders(Transcript transcript) {
    String agent = transcript.header("user-agent").toLowerCase(Locale.ROOT);
    for (Map.Entry<String, ClientKind> entry : USER_AGENTS.entrySet()) {
      if (agent.startsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    return TITLES.get(transcript.header("x-title").strip().toLowerCase(Locale.ROOT));
  }

  /// Whether the request says by whom it is, rather than by what stands in its messages.
  static boolean isNamed(Transcript transcript) {
    return byHeaders(transcript) != null || hasAgentPrompt(transcript);
  }

  private static @Nullable ClientKind byMessages(Transcript transcript) {
    Message first = transcript.firstUser();
    if (first == null) {
      return null;
    }
    ClientKind opened = byOpening(first);
    if (opened == ClientKind.QWEN_CODE || opened == ClientKind.CLINE_SDK) {
      return opened;
    }
    // The newest user message may lack an environment (a tool's image), the first one always has
    // it.
    List<Message> ends = List.of(first, transcript.messages().getLast());
    String environment = EnvironmentDetails.newest(ends, block -> block);
    // A block that merely ends the text of a person was pasted.
    boolean believed =
        opened != null
            || hasAgentPrompt(transcript)
            || ends.stream()
                .filter(message -> message.role() == Role.USER)
                .flatMap(Transcript::texts)
                .anyMatch(EnvironmentDetails::opens);
    return environment == null || !believed ? opened : byEnvironment(environment);
  }

  private static boolean hasAgentPrompt(Transcript transcript) {
    return AGENT_PROMPTS.stream().anyMatch(transcript.system()::startsWith);
  }

  private static ClientKind byEnvironment(String environment) {
    if (ROO_MARKS.stream().anyMatch(environment::contains)) {
      return ClientKind.ROO;
    }
    boolean kilo =
        environment.contains("Working directory:") && !environment.contains("# Current ");
    return kilo ? ClientKind.KILO : ClientKind.CLINE;
  }

  private static @Nullable ClientKind byOpening(Message first) {
    for (String part : Transcript.texts(first).toList()) {
      String text = part.stripLeading();
      String opening = text.substring(0, Math.min(text.length(), 2_000));
      if (opening.contains("I'm currently working in the directory:")) {
        return ClientKind.QWEN_CODE;
      }
      Tag tag = text.startsWith("<") ? Tag.at(text, 0) : null;
      ClientKind client = tag == null || tag.closing() ? null : byOpening(text, tag);
      if (client != null) {
        return client;
      }
    }
    return null;
  }

  private static @Nullable ClientKind byOpening(String text, Tag tag) {
    return switch (tag.name()) {
      case "mode_notice" -> ClientKind.CLINE_SDK;
      case "task" -> new TaggedText(text).close(tag) == null ? null : ClientKind.CLINE;
      case "user_message" -> new TaggedText(text).close(tag) == null ? null : ClientKind.ROO;
      default -> null;
    };
  }

  private static ClientKind bySystemPrompt(Transcript transcript) {
    String system = transcript.system();
    if (isSdk(transcript)) {
      return ClientKind.CLINE_SDK;
    }
    if (system.startsWith("You are Cline") || TurnRecognizer.isLegacySubagent(system)) {
      return ClientKind.CLINE;
    }
    if (system.startsWith("You are Roo")) {
      return ClientKind.ROO;
    }
    if (isAider(transcript)) {
      return ClientKind.AIDER;
    }
    String session = transcript.sessionHeader();
    boolean ofOpencode = session != null && session.startsWith("ses_");
    return ofOpencode || system.startsWith("You are opencode")
        ? ClientKind.OPENCODE
        : ClientKind.OTHER;
  }

  private static boolean isSdk(Transcript transcript) {
    long known =
        transcript.request().tools().stream()
            .filter(tool -> SDK_TOOLS.contains(tool.name()))
            .limit(2)
            .count();
    return known > 1
        || namesSdkDirectory(transcript.system())
        || transcript.system().startsWith("Summarize the provided coding session");
  }

  private static boolean isAider(Transcript transcript) {
    return transcript.system().contains(TurnRecognizer.AIDER_COMMIT)
        || transcript.newestTurn().stream()
            .filter(message -> message.role() == Role.USER)
            .flatMap(Transcript::texts)
            .anyMatch(
                text -> EnvironmentDetails.afterLineStart(text, FreeWords.AIDER_RULES) != null);
  }
}
