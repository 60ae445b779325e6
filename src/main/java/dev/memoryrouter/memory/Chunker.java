package dev.memoryrouter.memory;

import dev.memoryrouter.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;

/// Cuts sections into chunks that the embedding model reads to the last word.
///
/// A chunk is embedded with the file's name and its headings before it, so that a paragraph is
/// found by words that stand only above it. Cuts fall between paragraphs if possible, then between
/// list items, lines, sentences, words, and inside a word only if it alone is too long. Chunks do
/// not overlap: the prefix carries the context. Together they hold the section's whole body; a
/// section without body gives one chunk of its heading.
public final class Chunker {
  /// Word pieces that the shipped embedding model reads, its two special ones included.
  public static final int WINDOW = 128;

  /// Names how chunks are cut; an index made by another version is to be rebuilt.
  public static final String VERSION = "1";

  private static final int SPECIALS = 2;
  private static final int SMALLEST_WINDOW = 16;

  private final TokenCounter counter;
  private final int window;

  public Chunker(TokenCounter wordPieces) {
    this(wordPieces, WINDOW);
  }

  /// Chunks for a model of another window.
  ///
  /// @param wordPieces counts as the embedding model does, without special pieces
  /// @param window what the model reads, its two special pieces included; at least 16
  public Chunker(TokenCounter wordPieces, int window) {
    if (window < SMALLEST_WINDOW) {
      throw new IllegalArgumentException(
          "the embedding window is at least " + SMALLEST_WINDOW + ", not " + window);
    }
    this.counter = wordPieces;
    this.window = window - SPECIALS;
  }

  /// The chunks of a section in order; none for a section that is blank.
  public List<Chunk> chunks(Section section) {
    ChunkPrefix prefix = ChunkPrefix.of(section, counter, window / 3);
    int from = bodyStart(section, prefix);
    // One piece for the line end between prefix and text, for counters to which it is one.
    int budget = window - prefix.tokens() - 1;
    List<TextUnit> units = new TextUnits(section.text(), from, counter, budget).list();
    return new Packing(section, prefix, budget).chunks(units);
  }

  /// Where the text to embed begins: below the heading, unless the prefix does not hold all of it
  /// or there is nothing below.
  private static int bodyStart(Section section, ChunkPrefix prefix) {
    int body = headingEnd(section);
    boolean empty = section.text().substring(body).isBlank();
    return empty || !prefix.holdsHeading() ? 0 : body;
  }

  private static int headingEnd(Section section) {
    if (section.heading() == null) {
      return 0;
    }
    String text = section.text();
    int end = lineEnd(text, 0);
    if (MarkdownLine.of(text.substring(0, end)).atxLevel() == 0) {
      // Underlined: up to the first line that can be the underline.
      do {
        int next = lineEnd(text, end + 1);
        boolean underline = MarkdownLine.of(text.substring(end + 1, next)).underlineLevel() > 0;
        end = next;
        if (underline) {
          break;
        }
      } while (end < text.length());
    }
    return end;
  }

  private static int lineEnd(String text, int from) {
    int end = from > text.length() ? -1 : text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /// Packs the units of one section.
  private final class Packing {
    private final Section section;
    private final ChunkPrefix prefix;
    private final int budget;
    private final List<Chunk> chunks = new ArrayList<>();

    Packing(Section section, ChunkPrefix prefix, int budget) {
      this.section = section;
      this.prefix = prefix;
      this.budget = budget;
    }

    /// Fills chunks evenly: a section a little over one chunk gives two halves, not one full chunk
    /// and a scrap.
    List<Chunk> chunks(List<TextUnit> units) {
      long left = units.stream().mapToLong(TextUnit::tokens).sum();
      int at = 0;
      while (at < units.size()) {
        int even = (int) Math.ceilDiv(left, Math.ceilDiv(Math.max(left, 1), budget));
        int end = fit(units, at, even);
        for (TextUnit unit : units.subList(at, end)) {
          left -= unit.tokens();
        }
        add(units.get(at), units.get(end - 1));
        at = end;
      }
      return chunks;
    }

    /// End of the chunk that begins at unit `from`: the best border among those that leave the
    /// chunk at least three quarters as full as an even share.
    private int fit(List<TextUnit> units, int from, int even) {
      int total = 0;
      int best = -1;
      TextUnit.Border border = TextUnit.Border.NONE;
      for (int i = from; i < units.size(); i++) {
        total += units.get(i).tokens();
        if (total > budget || isLong(units.get(from), units.get(i))) {
          return exactly(units, from, best > from ? best : Math.max(i, from + 1));
        }
        if (i + 1 == units.size()) {
          return exactly(units, from, i + 1);
        }
        TextUnit.Border next = units.get(i + 1).border();
        boolean better = next.compareTo(border) > 0;
        if (total * 4L >= even * 3L && (better || (next == border && total <= even))) {
          border = next;
          best = i + 1;
        }
        if (total >= even && border == TextUnit.Border.PARAGRAPH) {
          return exactly(units, from, best);
        }
      }
      return units.size();
    }

    /// Whether a run of blanks makes the text long that counts little.
    private boolean isLong(TextUnit first, TextUnit last) {
      return last.end() - first.start() > budget * TextUnits.MOST_CHARS_PER_TOKEN;
    }

    /// Moves an end back until the text as embedded is within the window. Word pieces add up, so
    /// that this changes nothing for them; other counters may count a whole higher than its parts.
    private int exactly(List<TextUnit> units, int from, int end) {
      int fitting = end;
      while (fitting > from + 1
          && counter.count(embedded(units.get(from), units.get(fitting - 1))) > window) {
        fitting--;
      }
      return fitting;
    }

    private void add(TextUnit first, TextUnit last) {
      String text = section.text().substring(first.start(), last.end());
      int startLine = section.startLine() + first.line();
      int endLine = section.startLine() + last.line();
      chunks.add(
          new Chunk(section, chunks.size(), startLine, endLine, text, embedded(first, last)));
    }

    private String embedded(TextUnit first, TextUnit last) {
      String piece = section.text().substring(first.start(), last.end());
      return prefix.text().isEmpty() ? piece : prefix.text() + "\n" + piece;
    }
  }
}
