package dev.memoryrouter.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Finds the headings of a markdown file, line by line.
///
/// This is the part of CommonMark's block structure that decides what a heading is: fences, raw
/// HTML and front matter hide what looks like one, and a line of `-` is an underline only below a
/// paragraph. Lists and quotes are not nested documents here: a heading inside them is none, except
/// that a `#` at up to three spaces always is one. Each line is looked at a fixed number of times,
/// so the time is linear.
final class HeadingScanner {
  private static final List<String> RAW_TAGS = List.of("pre", "script", "style", "textarea");

  private final List<String> lines;
  private final List<Heading> headings = new ArrayList<>();
  private final Map<String, Integer> lastWith = new HashMap<>();

  private State state = State.TEXT;
  private int at;

  /// First line of the paragraph that is open at the top level; -1 if none is.
  private int paragraph = -1;

  /// The next lines, up to a blank one, belong to a list item, quote, table or HTML.
  private boolean taken;

  private boolean inList;
  private boolean afterBlank;

  private char fence;
  private int fenceLength;
  private int fenceIndent;
  private String rawEnd = "";

  /// What the current line is inside of.
  private enum State {
    TEXT,
    FENCE,
    RAW
  }

  HeadingScanner(List<String> lines) {
    this.lines = lines;
  }

  /// All headings in order.
  List<Heading> headings() {
    for (at = FrontMatter.lines(lines); at < lines.size(); at++) {
      MarkdownLine line = MarkdownLine.of(lines.get(at));
      switch (state) {
        case TEXT -> text(line);
        case FENCE -> fence(line);
        case RAW -> raw(line);
      }
    }
    return headings;
  }

  private void text(MarkdownLine line) {
    if (line.isBlank()) {
      endBlock();
      afterBlank = true;
      return;
    }
    if (afterBlank && inList) {
      inList = line.indent() > 1 || line.isListItem();
      taken = inList;
    }
    afterBlank = false;
    if (opensFence(line) || opensRaw(line) || line.isIndented()) {
      return;
    }
    block(line);
    openComment(line);
  }

  /// A line that is neither blank nor code nor raw.
  private void block(MarkdownLine line) {
    if (line.atxLevel() > 0) {
      addHeading(new Heading(at, 1, line.atxLevel(), line.atxText()));
    } else if (paragraph >= 0 && line.underlineLevel() > 0) {
      addHeading(underlined(line.underlineLevel()));
    } else if (line.isThematicBreak()) {
      endBlock();
      inList = false;
    } else if (line.isListItem()) {
      take();
      inList = true;
    } else if (startsOther(line)) {
      take();
    } else if (paragraph < 0 && !taken) {
      paragraph = at;
    }
  }

  private void addHeading(Heading heading) {
    headings.add(heading);
    endBlock();
    inList = false;
  }

  private Heading underlined(int level) {
    String text =
        String.join(" ", lines.subList(paragraph, at).stream().map(String::strip).toList());
    return new Heading(paragraph, at - paragraph + 1, level, text);
  }

  private void endBlock() {
    paragraph = -1;
    taken = false;
  }

  private void take() {
    paragraph = -1;
    taken = true;
  }

  /// Quotes, HTML and tables: a row, or the line under a table's head.
  private boolean startsOther(MarkdownLine line) {
    char first = line.body().charAt(0);
    boolean tableRule =
        line.body().indexOf('|') >= 0
            && line.body().chars().allMatch(c -> "|-: \t".indexOf(c) >= 0);
    return first == '>' || first == '<' || first == '|' || tableRule;
  }

  private boolean opensFence(MarkdownLine line) {
    int from = line.contentStart();
    int length = line.fenceLength(from);
    boolean code = line.isIndented() && !inList;
    if (length == 0 || code) {
      return false;
    }
    fence = line.body().charAt(from);
    fenceLength = length;
    fenceIndent = line.indent() + from;
    inList |= from > 0;
    state = State.FENCE;
    endBlock();
    return true;
  }

  private void fence(MarkdownLine line) {
    int marks = MarkdownLine.run(line.body(), 0, fence);
    boolean closes =
        marks >= fenceLength
            && marks == line.body().length()
            && line.indent() <= Math.max(3, fenceIndent + 3);
    if (closes) {
      state = State.TEXT;
    }
  }

  /// A comment, or an element whose content is no markdown, that begins this line and ends on a
  /// later one. A comment that never ends hides the rest of the file, as it does for a reader.
  private boolean opensRaw(MarkdownLine line) {
    if (line.isIndented() && !inList) {
      return false;
    }
    if (line.body().startsWith("<!--")) {
      if (!line.body().substring(4).contains("-->")) {
        enterRaw("-->");
      }
      take();
      return true;
    }
    for (String tag : RAW_TAGS) {
      String end = "</" + tag + ">";
      if (startsTag(line.body(), tag) && !contains(line.body(), end) && endsLater(end)) {
        enterRaw(end);
        take();
        return true;
      }
    }
    return false;
  }

  /// A comment that begins within a line and ends on a later one.
  private void openComment(MarkdownLine line) {
    int open = line.body().lastIndexOf("<!--");
    if (open > 0
        && line.body().indexOf("-->", open) < 0
        && line.body().chars().limit(open).filter(c -> c == '`').count() % 2 == 0
        && endsLater("-->")) {
      enterRaw("-->");
    }
  }

  private void enterRaw(String end) {
    rawEnd = end;
    state = State.RAW;
  }

  private void raw(MarkdownLine line) {
    if (contains(line.body(), rawEnd)) {
      state = State.TEXT;
    }
  }

  private boolean endsLater(String end) {
    return lastWith.computeIfAbsent(end, this::lastLineWith) > at;
  }

  private int lastLineWith(String end) {
    int line = lines.size() - 1;
    while (line >= 0 && !contains(lines.get(line), end)) {
      line--;
    }
    return line;
  }

  private static boolean startsTag(String body, String tag) {
    return body.startsWith("<")
        && body.regionMatches(true, 1, tag, 0, tag.length())
        && (body.length() == tag.length() + 1
            || "> \t".indexOf(body.charAt(tag.length() + 1)) >= 0);
  }

  private static boolean contains(String text, String end) {
    return text.contains(end) || text.toLowerCase(Locale.ROOT).contains(end);
  }
}
