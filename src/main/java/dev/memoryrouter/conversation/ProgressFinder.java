package dev.memoryrouter.conversation;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the newest list of things to do: the checklist of legacy Cline, which comes with every few
/// turns, and the table at the end of Roo's environment details.
final class ProgressFinder {
  private static final int MESSAGES_BACK = 24;
  private static final String SUMMARY = "**Current Progress: ";
  private static final List<String> CHECKLISTS =
      List.of("# task_progress", "# TODO LIST UPDATE REQUIRED", SUMMARY);
  private static final Set<String> STATES = Set.of("Completed", "In Progress", "Pending");

  private ProgressFinder() {}

  static @Nullable Progress find(Transcript transcript, ClientKind client) {
    if (client != ClientKind.CLINE && client != ClientKind.ROO) {
      return null;
    }
    List<Message> messages = transcript.messages();
    for (int m = messages.size() - 1; m >= Math.max(0, messages.size() - MESSAGES_BACK); m--) {
      Progress progress = messages.get(m).role() == Role.USER ? in(messages.get(m)) : null;
      if (progress != null) {
        return progress;
      }
    }
    return null;
  }

  private static @Nullable Progress in(Message message) {
    for (String text : Transcript.texts(message).toList()) {
      Progress progress = in(text);
      if (progress != null) {
        return progress;
      }
    }
    return null;
  }

  private static @Nullable Progress in(String text) {
    if (EnvironmentDetails.opens(text)) {
      return counted(text, ProgressFinder::inRow);
    }
    String stripped = text.stripLeading();
    if (CHECKLISTS.stream().noneMatch(stripped::startsWith)) {
      return null;
    }
    Progress listed = counted(text, ProgressFinder::inItem);
    return listed == null ? summary(stripped) : listed;
  }

  /// `**Current Progress: 2/5 items completed (40%)**`.
  private static @Nullable Progress summary(String text) {
    String figures = EnvironmentDetails.afterLineStart(text, SUMMARY);
    int slash = figures == null ? -1 : figures.indexOf('/');
    if (figures == null || slash < 0) {
      return null;
    }
    int end = figures.indexOf(' ', slash);
    try {
      int done = Integer.parseInt(figures.substring(0, slash));
      int total = Integer.parseInt(figures.substring(slash + 1, Math.max(end, slash + 1)));
      return total < 1 || done < 0 ? null : new Progress(Math.min(done, total), total);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /// Whether a line is an item of the list, and whether that one is done; null for other lines.
  private interface Item {
    @Nullable Boolean isDone(String line);
  }

  private static @Nullable Progress counted(String text, Item item) {
    int done = 0;
    int total = 0;
    for (String line : text.lines().toList()) {
      Boolean state = item.isDone(line.strip());
      total += state == null ? 0 : 1;
      done += Boolean.TRUE.equals(state) ? 1 : 0;
    }
    return total == 0 ? null : new Progress(done, total);
  }

  private static @Nullable Boolean inItem(String line) {
    boolean item = line.startsWith("- [") && line.length() > 5 && line.charAt(4) == ']';
    return item ? (Boolean) (line.charAt(3) != ' ') : null;
  }

  /// `| 2 | Write the parser | In Progress |`.
  private static @Nullable Boolean inRow(String line) {
    int end = line.length() - 1;
    if (!line.startsWith("| ") || !line.endsWith(" |")) {
      return null;
    }
    String state = line.substring(line.lastIndexOf('|', end - 1) + 1, end).strip();
    return STATES.contains(state) ? (Boolean) state.equals("Completed") : null;
  }
}
