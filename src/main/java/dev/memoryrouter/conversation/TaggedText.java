package dev.memoryrouter.conversation;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One text with its tags: finds where elements end and cuts out what a client added. Linear in the
/// length of the text, whatever its tags do: a search that failed once for a name is not repeated.
/// Not thread-safe.
final class TaggedText {
  static final String ENVIRONMENT = "environment_details";

  /// Elements that clients write and people do not.
  private static final Set<String> MACHINE_MADE =
      Set.of(
          ENVIRONMENT,
          "explicit_instructions",
          "file_content",
          "final_file_content",
          "folder_content",
          "git_commit",
          "git_working_state",
          "hook_context",
          "mcp_prompt",
          "mode_notice",
          "system-reminder",
          "system_notice",
          "terminal_output",
          "url_content",
          "workspace_diagnostics");

  private final String text;
  private final Set<String> machineMade;
  private final Set<String> notClosedOnOwnLine = new HashSet<>();
  private final Set<String> notClosed = new HashSet<>();

  TaggedText(String text) {
    this(text, MACHINE_MADE);
  }

  private TaggedText(String text, Set<String> machineMade) {
    this.text = text;
    this.machineMade = machineMade;
  }

  /// The tag that closes `open`; null when none does. An element whose opening tag ends its line is
  /// closed by a tag that starts a line, so that tags quoted in prose or code within do not close
  /// it; elements of the same name on lines of their own may be nested.
  @Nullable Tag close(Tag open) {
    if (!open.endsLine(text) || notClosedOnOwnLine.contains(open.name())) {
      return firstClose(open);
    }
    int depth = 1;
    Tag last = null;
    int i = text.indexOf('<', open.end());
    while (i >= 0) {
      Tag tag = Tag.at(text, i);
      if (tag == null || !tag.startsLine(text)) {
        i = text.indexOf('<', i + 1);
        continue;
      }
      if (tag.name().equals(open.name())) {
        last = tag.closing() ? tag : last;
        depth += tag.closing() ? -1 : tag.endsLine(text) ? 1 : 0;
        if (depth == 0) {
          return tag;
        }
      }
      i = text.indexOf('<', afterMachineMade(open, tag));
    }
    if (last == null) {
      notClosedOnOwnLine.add(open.name());
      return firstClose(open);
    }
    return last;
  }

  /// Index after the machine-made element that the tag opens, or -1 when it opens none.
  int endOfMachineMade(Tag tag) {
    if (tag.closing() || !machineMade.contains(tag.name()) || !standsAlone(tag)) {
      return -1;
    }
    Tag close = close(tag);
    if (close == null) {
      return tag.name().equals(ENVIRONMENT) ? text.length() : -1;
    }
    return close.end();
  }

  /// The text between two indexes without the elements that a client added, stripped.
  String withoutMachineMade(int from, int to) {
    StringBuilder kept = new StringBuilder();
    int done = from;
    int i = text.indexOf('<', from);
    while (i >= 0 && i < to) {
      Tag tag = Tag.at(text, i);
      int end = tag == null ? -1 : endOfMachineMade(tag);
      if (end > 0) {
        kept.append(text, done, i);
        done = Math.min(end, to);
      }
      i = text.indexOf('<', Math.max(i + 1, end));
    }
    return done == from
        ? text.substring(from, to).strip()
        : kept.append(text, done, to).toString().strip();
  }

  /// Text without the elements that a client added, stripped.
  static String withoutMachineMade(String text) {
    return new TaggedText(text).withoutMachineMade(0, text.length());
  }

  /// Text without reminders only: what else is tagged in the text of an unknown client may be the
  /// person's own.
  static String withoutReminders(String text) {
    return new TaggedText(text, Set.of("system-reminder")).withoutMachineMade(0, text.length());
  }

  /// Quoted file contents within an element may hold its closing tag: they are jumped over.
  private int afterMachineMade(Tag outer, Tag tag) {
    boolean candidate = !machineMade.contains(outer.name()) && !tag.name().equals(ENVIRONMENT);
    return candidate ? Math.max(tag.end(), endOfMachineMade(tag)) : tag.end();
  }

  private boolean standsAlone(Tag tag) {
    return tag.startsLine(text) || text.charAt(tag.start() - 1) == '>';
  }

  private @Nullable Tag firstClose(Tag open) {
    if (notClosed.contains(open.name())) {
      return null;
    }
    for (int i = text.indexOf("</", open.end()); i >= 0; i = text.indexOf("</", i + 2)) {
      Tag tag = Tag.at(text, i);
      if (tag != null && tag.name().equals(open.name())) {
        return tag;
      }
    }
    notClosed.add(open.name());
    return null;
  }
}
