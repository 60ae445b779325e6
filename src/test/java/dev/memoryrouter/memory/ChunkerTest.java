package dev.memoryrouter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChunkerTest {
  private static final Path BANKS = Path.of("../shared/eval/banks/dev");

  private static final List<String> PARTS =
      List.of(
          "word ",
          "Another one. ",
          "\n",
          "\n\n",
          "- item ",
          "\n- ",
          "\n```\n",
          "漢字",
          "é✅👩‍💻 ",
          "activeContext.md ",
          "1234567890",
          "x".repeat(150),
          "ab/cd+ef".repeat(30),
          "   ",
          "\t",
          "| a | b |\n",
          "So? ",
          "supercalifragilistic ");

  private final TokenCounter pieces = WordPieces.miniLm();
  private final Chunker chunker = new Chunker(pieces);

  @Test
  void chunks_smallSection_isOneWithItsHeadings() {
    Section section = section("docs/techContext.md", "# Stack\n## Database\n\nPostgres 17\n", 1);
    assertThat(chunker.chunks(section))
        .singleElement()
        .satisfies(chunk -> {
          assertThat(chunk.text()).isEqualTo("Postgres 17");
          assertThat(chunk.embedded()).isEqualTo("techContext > Stack > Database\nPostgres 17");
          assertThat(chunk.startLine()).isEqualTo(4);
          assertThat(chunk.endLine()).isEqualTo(4);
          assertThat(chunk.id()).isEqualTo(section.id() + "#0");
        });
  }

  @Test
  void chunks_headingWithoutBody_isItsHeading() {
    assertThat(chunker.chunks(section("a.md", "# Only\n\n", 0)))
        .singleElement()
        .satisfies(chunk -> assertThat(chunk.text()).isEqualTo("# Only"));
    assertThat(chunker.chunks(section("a.md", "Only\n====", 0)))
        .singleElement()
        .satisfies(chunk -> assertThat(chunk.text()).isEqualTo("Only\n===="));
  }

  @Test
  void chunks_underlinedHeading_isNotRepeatedInTheBody() {
    assertThat(chunker.chunks(section("a.md", "Two\nlines\n---\nbody", 0)))
        .singleElement()
        .satisfies(chunk -> {
          assertThat(chunk.text()).isEqualTo("body");
          assertThat(chunk.embedded()).isEqualTo("a > Two lines\nbody");
          assertThat(chunk.startLine()).isEqualTo(4);
        });
  }

  @Test
  void chunks_hugeHeading_isInTheChunks() {
    String heading = "very ".repeat(200) + "last";
    List<Chunk> chunks = chunker.chunks(section("a.md", "# " + heading + "\nbody", 0));
    assertSound(section("a.md", "# " + heading + "\nbody", 0), chunks);
    assertThat(chunks.stream().map(Chunk::text).collect(Collectors.joining("\n")))
        .contains("last")
        .contains("body");
  }

  @Test
  void chunks_paragraphs_areKeptWhole() {
    String paragraph = "Some words that make up a paragraph of the note here. ".repeat(5);
    Section section = section("a.md", "# A\n" + (paragraph + "\n\n").repeat(4), 0);
    List<Chunk> chunks = chunker.chunks(section);
    assertThat(chunks).hasSizeGreaterThan(1);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.text()).endsWith("here. "));
    assertThat(chunks.getLast().text().length()).isGreaterThan(paragraph.length() - 1);
  }

  @Test
  void chunks_longLine_isCutAfterSentencesAndWords() {
    String line = "This is a sentence of nine words or so. ".repeat(40).strip();
    List<Chunk> chunks = chunker.chunks(section("a.md", "# A\n" + line, 0));
    assertThat(chunks).hasSizeGreaterThan(3);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.text().strip()).endsWith("so."));
    assertThat(chunks).allMatch(chunk -> chunk.startLine() == 2 && chunk.endLine() == 2);
  }

  @Test
  void chunks_randomText_keepItAllWithinTheWindow() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 400; i++) {
      var text = new StringBuilder(random.nextInt(4) == 0 ? "" : "# Some heading\n");
      for (int part = random.nextInt(120); part > 0; part--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      var other = new Chunker(pieces, 16 + random.nextInt(200));
      for (Section section : new Sectioner().sections("notes/file.md", text.toString())) {
        try {
          assertSound(section, chunker.chunks(section));
          assertJoins(section, other.chunks(section));
        } catch (AssertionError e) {
          throw new AssertionError("seed " + seed + ", text:\n" + text, e);
        }
      }
    }
  }

  @Test
  void chunks_counterThatIsNotAdditive_stayWithinTheWindow() {
    // Counts a whole higher than its lines together.
    TokenCounter steep =
        new TokenCounter() {
          @Override
          public String id() {
            return "steep";
          }

          @Override
          public int count(String text) {
            int lines = (int) text.lines().count();
            return pieces.count(text) + lines * lines / 4;
          }
        };
    Section section = section("a.md", "# A\n" + "five words are in here\n".repeat(60), 0);
    List<Chunk> chunks = new Chunker(steep, 64).chunks(section);
    assertThat(chunks)
        .allSatisfy(chunk -> assertThat(steep.count(chunk.embedded())).isLessThanOrEqualTo(62));
    assertJoins(section, chunks);
  }

  @Test
  void chunks_megabyteWithoutBorders_isCut() {
    for (String text : List.of("a".repeat(1_000_000), "漢".repeat(100_000), "ab ".repeat(200_000))) {
      Section section = section("a.md", "# A\n" + text, 0);
      assertSound(section, chunker.chunks(section));
    }
    assertThat(chunker.chunks(section("a.md", "a" + " ".repeat(1_000_000) + "b", 0))).hasSize(2);
  }

  @Test
  void chunks_developmentBanks_keepAllWithinTheWindow() throws IOException {
    assumeThat(BANKS).as("development banks").exists();
    try (Stream<Path> banks = Files.list(BANKS)) {
      for (Path bank : banks.toList()) {
        var contents = new BankReader().read(new Bank("x", bank.resolve("memory-bank"), null));
        for (Section section : contents.sections()) {
          assertSound(section, chunker.chunks(section));
        }
      }
    }
  }

  @Test
  void chunker_tinyWindow_isRefused() {
    assertThatThrownBy(() -> new Chunker(pieces, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16");
  }

  private void assertSound(Section section, List<Chunk> chunks) {
    assertJoins(section, chunks);
    for (Chunk chunk : chunks) {
      assertThat(pieces.count(chunk.embedded())).isLessThanOrEqualTo(126);
      assertThat(chunk.embedded()).endsWith(chunk.text());
      assertThat(chunk.text()).isNotBlank();
      assertThat(chunk.startLine()).isBetween(section.startLine(), chunk.endLine());
      assertThat(chunk.endLine()).isLessThanOrEqualTo(section.endLine());
    }
  }

  /// The chunks in order hold every visible character of the body once.
  private static void assertJoins(Section section, List<Chunk> chunks) {
    String text = chunks.stream().map(Chunk::text).collect(Collectors.joining());
    String all = section.text().replaceAll("\\s+", "");
    String kept = text.replaceAll("\\s+", "");
    assertThat(all).endsWith(kept);
    String left = all.substring(0, all.length() - kept.length());
    String heading = section.heading() == null ? "" : section.heading().replaceAll("\\s+", "");
    assertThat(left).matches("(#{0,6}\\Q" + heading + "\\E(#*|-+|=+))?");
    for (int i = 0; i < chunks.size(); i++) {
      assertThat(chunks.get(i).ordinal()).isEqualTo(i);
    }
  }

  private static Section section(String file, String text, int index) {
    return new Sectioner().sections(file, text).get(index);
  }
}
