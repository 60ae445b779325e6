package dev.memoryrouter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memoryrouter.memory.BankContents.MemoryFile;
import dev.memoryrouter.memory.BankContents.Skipped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BankReaderTest {
  @TempDir Path root;

  @Test
  void read_clineBank_coreFirstThenByPath() throws IOException {
    for (String name :
        List.of(
            "progress.md",
            "zeta.md",
            "ACTIVECONTEXT.MD",
            "tasks/b.md",
            "tasks/projectbrief.md",
            "techContext.md",
            "systemPatterns.md",
            "alpha.md",
            "productContext.md",
            "projectbrief.md")) {
      write(name, "# " + name);
    }
    BankContents contents = read();
    assertThat(contents.files())
        .extracting(MemoryFile::path)
        .containsExactly(
            "projectbrief.md",
            "productContext.md",
            "systemPatterns.md",
            "techContext.md",
            "ACTIVECONTEXT.MD",
            "progress.md",
            "alpha.md",
            "tasks/b.md",
            "tasks/projectbrief.md",
            "zeta.md");
    assertThat(contents.files().stream().filter(MemoryFile::core)).hasSize(6);
    assertThat(contents.skipped()).isEmpty();
  }

  @Test
  void read_variants_haveTheirOwnCore() throws IOException {
    for (String name : List.of("architecture", "brief", "context", "product", "tech", "zeta")) {
      write(".kilocode/rules/memory-bank/" + name + ".md", "x");
    }
    for (String name : List.of("progress", "decisionLog", "activeContext", "systemPatterns")) {
      write("roo/" + name + ".md", "x");
    }
    assertThat(paths(".kilocode/rules/memory-bank"))
        .containsExactly(
            "brief.md", "product.md", "context.md", "architecture.md", "tech.md", "zeta.md");
    assertThat(paths("roo"))
        .containsExactly("systemPatterns.md", "decisionLog.md", "activeContext.md", "progress.md");
  }

  @Test
  void readCore_opensNoOtherFile() throws IOException {
    write("progress.md", "# Progress");
    write("projectbrief.md", "# Brief");
    write("notes/other.md", "# Other");
    write("binary.md", "\0");
    BankContents contents = new BankReader().readCore(new Bank("x", root, null));
    assertThat(contents.files())
        .extracting(MemoryFile::path)
        .containsExactly("projectbrief.md", "progress.md");
    assertThat(contents.skipped()).isEmpty();
  }

  @Test
  void read_missingRoot_isEmptyWithOneRemark() {
    BankContents contents = new BankReader().read(new Bank("x", root.resolve("nowhere"), null));
    assertThat(contents.files()).isEmpty();
    assertThat(contents.skipped())
        .singleElement()
        .satisfies(skipped -> assertThat(skipped.reason()).startsWith("no such folder"));
  }

  @Test
  void read_rootIsAFile_saysSo() throws IOException {
    write("bank.md", "x");
    assertThat(new BankReader().read(new Bank("x", root.resolve("bank.md"), null)).skipped())
        .singleElement()
        .satisfies(skipped -> assertThat(skipped.reason()).startsWith("not a folder"));
  }

  @Test
  void read_encodings_giveTheSameText() throws IOException {
    String text = "# Überschrift\n\nText\n";
    Files.write(root.resolve("a.md"), text.getBytes(StandardCharsets.UTF_8));
    Files.write(root.resolve("b.md"), ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8));
    Files.write(root.resolve("c.md"), text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    Files.write(root.resolve("d.md"), text.replace('\n', '\r').getBytes(StandardCharsets.UTF_8));
    Files.write(root.resolve("e.md"), ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE));
    Files.write(root.resolve("f.md"), ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE));
    BankContents contents = read();
    assertThat(contents.sections())
        .hasSize(6)
        .allSatisfy(section -> {
          assertThat(section.heading()).isEqualTo("Überschrift");
          assertThat(section.text()).isEqualTo("# Überschrift\n\nText");
          assertThat(section.endLine()).isEqualTo(3);
        });
  }

  @Test
  void read_invalidBytes_areReplacedAndBinariesSkipped() throws IOException {
    Files.write(
        root.resolve("latin.md"), "# Stra\u00dfe\nok".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(root.resolve("image.md"), new byte[] {'P', 'N', 'G', 0, 1, 2});
    BankContents contents = read();
    assertThat(contents.sections()).extracting(Section::text).containsExactly("# Stra\ufffde\nok");
    assertThat(contents.skipped())
        .containsExactly(new Skipped("image.md", "binary, not text: it holds NUL bytes"));
  }

  @Test
  void read_emptyFile_isAFileWithoutSections() throws IOException {
    write("empty.md", "");
    write("blank.md", " \n\n");
    assertThat(read().files()).hasSize(2).allMatch(file -> file.sections().isEmpty());
  }

  @Test
  void read_folders_hiddenOnesAndOtherFilesLeftOut() throws IOException {
    write(".git/notes.md", "x");
    write(".notes.md", "x");
    write("._mac.md", "x");
    write("folder.md/inner.md", "x");
    write("readme.txt", "x");
    assertThat(read().files())
        .extracting(MemoryFile::path)
        .containsExactly(".notes.md", "folder.md/inner.md");
    assertThat(read().skipped()).isEmpty();
  }

  @Test
  void read_links_followedOnceAndCyclesEnd(@TempDir Path elsewhere) throws IOException {
    write("a/one.md", "x");
    write("b/two.md", "x");
    Files.writeString(elsewhere.resolve("three.md"), "x");
    Files.createSymbolicLink(root.resolve("a/self"), root);
    Files.createSymbolicLink(root.resolve("a/other"), root.resolve("b"));
    Files.createSymbolicLink(root.resolve("b/other"), root.resolve("a"));
    Files.createSymbolicLink(root.resolve("c"), elsewhere);
    Files.createSymbolicLink(root.resolve("link.md"), root.resolve("a/one.md"));
    Files.createSymbolicLink(root.resolve("gone.md"), root.resolve("nothing"));
    Files.createSymbolicLink(root.resolve("loop.md"), root.resolve("loop.md"));
    BankContents contents = read();
    assertThat(contents.files())
        .extracting(MemoryFile::path)
        .containsExactly("a/one.md", "b/two.md", "c/three.md", "link.md");
    assertThat(contents.skipped())
        .extracting(Skipped::file)
        .containsExactlyInAnyOrder("gone.md", "loop.md");
  }

  @Test
  void read_unreadable_isReportedAndTheRestRead() throws IOException {
    write("good.md", "x");
    write("secret.md", "x");
    write("locked/inner.md", "x");
    var none = PosixFilePermissions.fromString("---------");
    Files.setPosixFilePermissions(root.resolve("secret.md"), none);
    Files.setPosixFilePermissions(root.resolve("locked"), none);
    try {
      assumeThat(Files.isReadable(root.resolve("secret.md"))).as("run by root").isFalse();
      BankContents contents = read();
      assertThat(contents.files()).extracting(MemoryFile::path).containsExactly("good.md");
      assertThat(contents.skipped())
          .containsExactlyInAnyOrder(
              new Skipped("secret.md", "no permission to read it"),
              new Skipped("locked", "no permission to read it"));
    } finally {
      Files.setPosixFilePermissions(
          root.resolve("locked"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void read_deviceBehindALink_isNotOpened() throws IOException {
    assumeThat(Path.of("/dev/zero")).exists();
    Files.createSymbolicLink(root.resolve("zero.md"), Path.of("/dev/zero"));
    assertThat(read().skipped()).containsExactly(new Skipped("zero.md", "not a regular file"));
  }

  @Test
  void read_fiveMegabytes_isComplete() throws IOException {
    write("big.md", "# Title\n\nA line of the log, with some words in it.\n".repeat(100_000));
    List<Section> sections = read().sections();
    assertThat(sections).hasSize(100_000);
    assertThat(sections.getLast().endLine()).isEqualTo(300_000);
  }

  private List<String> paths(String folder) {
    return new BankReader()
        .read(new Bank("x", root.resolve(folder), null)).files().stream()
            .filter(file -> !file.path().isEmpty())
            .map(MemoryFile::path)
            .toList();
  }

  private BankContents read() {
    return new BankReader().read(new Bank("x", root, null));
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
