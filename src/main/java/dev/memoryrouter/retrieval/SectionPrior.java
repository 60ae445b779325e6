package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.FileRole;
import dev.memoryrouter.store.ChunkRecord;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How likely a section helps by its place alone: a factor on the score of what it says.
///
/// Files that say what the project is for touch on everything and settle little; those that say how
/// it stands are what people ask about, the more so when they ask how it stands. A heading with
/// nothing below it looks like a close match and answers nothing. The factors lie on a plateau of
/// the development banks (`docs/decisions.md`).
///
/// @param aboutState whether the query asks how the work stands
record SectionPrior(boolean aboutState) {
  private static final double BARE_HEADING = 0.5;
  private static final double PURPOSE = 0.9;
  private static final double STATE = 1.1;
  private static final double STATE_ASKED_FOR = 1.2;

  /// Words with which people ask how the work stands.
  private static final Set<String> STATE_WORDS =
      Set.of(
          "already",
          "blocked",
          "broken",
          "complete",
          "completed",
          "current",
          "currently",
          "decided",
          "decision",
          "done",
          "failing",
          "finish",
          "finished",
          "known",
          "latest",
          "left",
          "next",
          "now",
          "open",
          "pending",
          "planned",
          "progress",
          "recent",
          "recently",
          "remain",
          "remaining",
          "remains",
          "status",
          "still",
          "todo",
          "todos",
          "upcoming",
          "yet");

  /// In a longer text such a word says nothing about what the whole is about.
  private static final int LONGEST_QUESTION = 24; // words

  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");

  /// One line, or one that is underlined as a heading.
  private static final Pattern ONE_HEADING = Pattern.compile("[^\n]*(\n[ \t]*(=+|-+))?");

  static SectionPrior of(String query) {
    // Longer texts need not be split to be seen as long.
    String start = query.strip();
    if (start.length() > LONGEST_QUESTION * 40) {
      return new SectionPrior(false);
    }
    String[] words = NO_LETTERS.split(start.toLowerCase(Locale.ROOT));
    boolean asks = Stream.of(words).anyMatch(STATE_WORDS::contains);
    return new SectionPrior(asks && words.length <= LONGEST_QUESTION);
  }

  /// The factor for the section of a chunk.
  double of(ChunkRecord chunk) {
    double role =
        switch (FileRole.of(chunk.file())) {
          case PURPOSE -> PURPOSE;
          case STATE -> aboutState ? STATE_ASKED_FOR : STATE;
          case OTHER -> 1;
        };
    return isBareHeading(chunk) ? BARE_HEADING * role : role;
  }

  private static boolean isBareHeading(ChunkRecord chunk) {
    return chunk.heading() != null
        && chunk.startLine() == chunk.sectionStart()
        && ONE_HEADING.matcher(chunk.text().strip()).matches();
  }
}
