package dev.memoryrouter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SectionerTest {
  private static final Path BANKS = Path.of("../shared/eval/banks/dev");

  /// Lines whose order decides what a heading is.
  private static final List<String> LINES =
      List.of(
          "# One",
          "## Two ##",
          "### Three",
          "#",
          "######",
          "####### seven",
          "#tag",
          "   # in",
          "    # code",
          "text",
          "more text",
          "===",
          "---",
          "- - -",
          "***",
          "",
          "",
          " ",
          "- item",
          "  - nested",
          "1. first",
          "> quote",
          "| a | b |",
          "|---|---|",
          "a | b",
          "--- | ---",
          "```",
          "```java",
          "````",
          "~~~",
          "  ```",
          "      ```",
          "- ```",
          "<!--",
          "-->",
          "<!-- one -->",
          "text <!-- open",
          "<pre>",
          "</pre>",
          "<div>",
          "key: value",
          "\t# tab",
          "é ✅",
          "`<!--`",
          "\u00a0");

  private final Sectioner sectioner = new Sectioner();

  static List<List<String>> documents() {
    // Each: the file, then its headings in order, `~` being the text before the first.
    return List.of(
        List.of("", ""),
        List.of("text", "~"),
        List.of("\n\n# A\ntext", "A"),
        List.of("intro\n# A\n## B\n# C", "~", "A", "B", "C"),
        List.of("# A ##\n## B #\n### C#\n#\tD\n## ", "A", "B", "C#", "D", ""),
        List.of("   # A\n    # code\n\t# code\n#tag\n####### seven", "A"),
        List.of("# A\n```\n# no\n```\n# B", "A", "B"),
        List.of("# A\n~~~ sh\n# no\n```\n~~~\n# B", "A", "B"),
        List.of("# A\n````\n# no\n```\n# no\n`````\n# B", "A", "B"),
        List.of("# A\n```\n# no\n\n# no", "A"),
        List.of("# A\n``` a`b\n# B", "A", "B"),
        List.of("# A\n- ```\n  # no\n  ```\n# B", "A", "B"),
        List.of("# A\n1. x\n\n    ```\n# no\n    ```\n# B", "A", "B"),
        List.of("# A\n\n    ```\n# B", "A", "B"),
        List.of("---\ntitle: x\n# comment\n---\n# A", "~", "A"),
        List.of("---\n# A\ntext\n\n---\n# B", "~", "A", "B"),
        List.of("---\ntitle: x\n\n# A", "~", "A"),
        List.of("# A\n<!--\n# no\n-->\n# B", "A", "B"),
        List.of("# A\n<!-- x -->\n# B", "A", "B"),
        List.of("# A\ntext <!-- x\n# no\n--> text\n# B", "A", "B"),
        List.of("# A\nwrite `<!--` so\n# B\n-->", "A", "B"),
        List.of("# A\n<!-- never closed\n# no", "A"),
        List.of("# A\n<pre>\n# no\n</PRE>\n# B", "A", "B"),
        List.of("# A\n<pre>\n# B", "A", "B"),
        List.of("Title\n===\ntext\n\nPart\n---\ntext", "Title", "Part"),
        List.of("Long\n  title\n---", "Long title"),
        List.of("text\n\n---\nmore", "~"),
        List.of("- item\n---\nmore", "~"),
        List.of("- item\nlazy\n---\nmore", "~"),
        List.of("- item\n\n  part\n---\nmore", "~"),
        List.of("- item\n\nTitle\n---", "~", "Title"),
        List.of("> quote\nlazy\n---", "~"),
        List.of("| a |\n|---|\n| b |\n---", "~"),
        List.of("a | b\n--- | ---\nc | d\n---", "~"),
        List.of("<div>\ntext\n---", "~"),
        List.of("# A\n---\n***\n- - -\n", "A"),
        List.of("text\n- - -\n", "~"),
        List.of("text\n==-\n", "~"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void sections_document_beginAtItsHeadings(List<String> document) {
    String text = document.getFirst();
    List<String> headings =
        sectioner.sections("a.md", text).stream()
            .map(section -> Objects.requireNonNullElse(section.heading(), "~"))
            .toList();
    List<String> expected = document.subList(1, document.size());
    assertThat(headings).isEqualTo(text.isEmpty() ? List.of() : expected);
    assertJoins(text);
  }

  @Test
  void sections_nestedHeadings_knowPathAndLines() {
    List<Section> sections =
        sectioner.sections("a.md", "# A\n\n### B\ntext\n## C\n\n\n# D\nTitle\n---\nx\n");
    assertThat(sections)
        .extracting(Section::headingPath)
        .containsExactly(
            List.of("A"),
            List.of("A", "B"),
            List.of("A", "C"),
            List.of("D"),
            List.of("D", "Title"));
    assertThat(sections).extracting(Section::startLine).containsExactly(1, 3, 5, 8, 9);
    assertThat(sections).extracting(Section::endLine).containsExactly(2, 4, 7, 8, 11);
    assertThat(sections.get(1).text()).isEqualTo("### B\ntext");
  }

  @Test
  void sections_editElsewhere_keepsIdsAndHashes() {
    List<Section> before = sectioner.sections("a.md", "# A\none\n# B\ntwo\n# B\nthree\n");
    List<Section> after = sectioner.sections("a.md", "# A\none\nmore\n# New\n# B\ntwo\n# B\n3\n");
    assertThat(before).extracting(Section::id).doesNotHaveDuplicates();
    assertThat(after.get(0).id()).isEqualTo(before.get(0).id());
    assertThat(after.get(0).hash()).isNotEqualTo(before.get(0).hash());
    assertThat(after.get(2).id()).isEqualTo(before.get(1).id());
    assertThat(after.get(2).hash()).isEqualTo(before.get(1).hash());
    assertThat(after.get(3).id()).isEqualTo(before.get(2).id());
    assertThat(after.get(3).hash()).isNotEqualTo(before.get(2).hash());
  }

  @Test
  void sections_sameHeadingsInOtherFile_haveOtherIds() {
    assertThat(sectioner.sections("a.md", "# A").getFirst().id())
        .isNotEqualTo(sectioner.sections("b.md", "# A").getFirst().id());
  }

  @Test
  void sections_emptyHeading_addsNothingToPaths() {
    List<Section> sections = sectioner.sections("a.md", "# A\n##\ntext\n### B");
    assertThat(sections.get(1).heading()).isEmpty();
    assertThat(sections.get(1).headingPath()).containsExactly("A");
    assertThat(sections.get(2).headingPath()).containsExactly("A", "B");
  }

  @Test
  void sections_randomLines_joinToTheText() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      String text =
          Stream.generate(() -> LINES.get(random.nextInt(LINES.size())))
              .limit(random.nextInt(25))
              .collect(Collectors.joining("\n"));
      try {
        assertJoins(text);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", text:\n" + text, e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"- ", "#", "`", "<!--", "> ", "a <!-- ", "* ", "=", "-", "1. ", "|", "\t", " #"})
  void sections_oneHugeLineOrManyLines_endsSoon(String part) {
    assertJoins(part.repeat(100_000));
    assertJoins((part + "\n").repeat(20_000));
    assertJoins((part + "x\n").repeat(20_000));
  }

  @Test
  void sections_developmentBanks_joinToTheText() throws IOException {
    assumeThat(BANKS).as("development banks").exists();
    try (Stream<Path> files = Files.walk(BANKS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".md")).toList()) {
        assertJoins(Files.readString(file).replace("\r\n", "\n"));
      }
    }
  }

  @Test
  void sections_developmentBanks_areThoseThatLabelsName() throws IOException {
    assumeThat(BANKS).as("development banks").exists();
    try (Stream<Path> banks = Files.list(BANKS)) {
      for (Path bank : banks.toList()) {
        List<Section> sections =
            new BankReader().read(new Bank("x", bank.resolve("memory-bank"), null)).sections();
        for (String line : Files.readAllLines(bank.resolve("queries.jsonl"))) {
          for (JsonNode label : JsonMapper.shared().readTree(line).path("relevant")) {
            assertThat(sections)
                .as("%s: %s", bank.getFileName(), label)
                .anyMatch(section -> isLabelled(section, label));
          }
        }
      }
    }
  }

  private static boolean isLabelled(Section section, JsonNode label) {
    String heading = label.path("heading").isNull() ? null : label.path("heading").asString();
    return section.file().equals(label.path("file").asString())
        && Objects.equals(section.heading(), heading)
        && section.startLine() == label.path("line").asInt()
        && section.endLine() == label.path("line_end").asInt();
  }

  /// The texts in order are the file's text, save blank lines before the first heading and a line
  /// end at the end; the line numbers follow one another.
  private void assertJoins(String text) {
    List<Section> sections = sectioner.sections("a.md", text);
    String joined = sections.stream().map(Section::text).collect(Collectors.joining("\n"));
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (sections.isEmpty()) {
      assertThat(text).isBlank();
      return;
    }
    int skipped = sections.getFirst().startLine() - 1;
    assertThat(Sectioner.lines(text).subList(0, skipped)).allMatch(String::isBlank);
    String rest = Sectioner.lines(body).stream().skip(skipped).collect(Collectors.joining("\n"));
    boolean blankLast = body.endsWith("\n");
    assertThat(joined.equals(blankLast ? rest + "\n" : rest)).as("joined").isTrue();
    int line = skipped;
    for (Section section : sections) {
      assertThat(section.startLine()).isEqualTo(line + 1);
      line = section.endLine();
    }
    assertThat(line).isEqualTo(Sectioner.lines(text).size());
  }
}
