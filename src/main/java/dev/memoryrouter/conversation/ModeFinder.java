package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds whether an agent plans or acts. Each agent says so in its own way: in environment details,
/// by a notice, or by the tools that it offers.
final class ModeFinder {
  private static final String HEADING = "# Current Mode";

  /// Roo's modes that do not change files.
  private static final Set<String> PLANNING_SLUGS = Set.of("architect", "ask", "plan");

  private static final List<String> EDIT_TOOLS =
      List.of("edit", "write", "apply_patch", "editor", "multiedit");

  private ModeFinder() {}

  static @Nullable Mode find(Transcript transcript, ClientKind client) {
    Mode told = EnvironmentDetails.told(transcript, client, ModeFinder::inEnvironment);
    if (told != null) {
      return told;
    }
    return switch (client) {
      case CLINE_SDK -> ofSdk(transcript);
      case OPENCODE, KILO, QWEN_CODE, CONTINUE ->
          remindedOfPlan(transcript) ? Mode.PLAN : byEditTools(transcript, client);
      case CLINE, ROO, AIDER, OTHER -> null;
    };
  }

  private static @Nullable Mode inEnvironment(String block) {
    int heading = block.lastIndexOf(HEADING);
    if (heading < 0) {
      return null;
    }
    String rest = block.substring(heading + HEADING.length()).stripLeading();
    if (rest.startsWith("<slug>")) {
      int end = rest.indexOf("</slug>");
      return end < 0 ? null : ofSlug(rest.substring("<slug>".length(), end));
    }
    return rest.startsWith("PLAN MODE") ? Mode.PLAN : rest.startsWith("ACT MODE") ? Mode.ACT : null;
  }

  private static Mode ofSlug(String slug) {
    return PLANNING_SLUGS.contains(slug.strip().toLowerCase(Locale.ROOT)) ? Mode.PLAN : Mode.ACT;
  }

  /// The tools are those of this very request, so they win over notices, which stay in the history.
  private static @Nullable Mode ofSdk(Transcript transcript) {
    if (transcript.offers("switch_to_act_mode")) {
      return Mode.PLAN;
    }
    if (transcript.offers("editor") || transcript.offers("apply_patch")) {
      return Mode.ACT;
    }
    boolean main = ClientRecognizer.namesSdkDirectory(transcript.system());
    return main && transcript.offers("read_files") ? Mode.PLAN : noticed(transcript);
  }

  private static @Nullable Mode noticed(Transcript transcript) {
    List<Message> messages = transcript.messages();
    for (int m = messages.size() - 1; m >= 0; m--) {
      String text = messages.get(m).role() == Role.USER ? messages.get(m).text() : "";
      if (text.startsWith("<mode_notice>")) {
        int end = text.indexOf("</mode_notice>");
        String notice = end < 0 ? text : text.substring(0, end);
        return notice.contains("to act mode")
            ? Mode.ACT
            : notice.contains("to plan mode") ? Mode.PLAN : null;
      }
    }
    return null;
  }

  /// Whether the last user message carries the reminder that only a plan is wanted.
  private static boolean remindedOfPlan(Transcript transcript) {
    return transcript.messages().stream()
        .filter(message -> message.role() == Role.USER)
        .reduce((_, last) -> last)
        .stream()
        .flatMap(Transcript::texts)
        .map(String::stripLeading)
        .filter(text -> text.startsWith("<system-reminder>"))
        .map(text -> text.substring("<system-reminder>".length()).stripLeading())
        .anyMatch(text -> text.startsWith("# Plan") || text.startsWith("Plan mode is active"));
  }

  private static @Nullable Mode byEditTools(Transcript transcript, ClientKind client) {
    if (client == ClientKind.QWEN_CODE || transcript.request().tools().isEmpty()) {
      return null;
    }
    return transcript.request().tools().stream()
            .anyMatch(tool -> EDIT_TOOLS.contains(tool.name().toLowerCase(Locale.ROOT)))
        ? Mode.ACT
        : Mode.PLAN;
  }
}
