package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Indexing of real memory banks with the real embedding model.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealBanksIT {
  private static final Path BANKS = Path.of("../shared/eval/banks/dev");

  private final BankReader reader = new BankReader();
  private final Chunker chunker = new Chunker(WordPieces.miniLm());
  private final List<Bank> banks = new ArrayList<>();
  private EmbedderHandle embedder;
  private VectorStore store;
  private Indexer indexer;

  @BeforeAll
  void open(@TempDir Path temp) throws IOException {
    assumeThat(BANKS).as("development banks").exists();
    copyBanks(temp);
    embedder = EmbedderHandle.load(MiniLmEmbedder::load);
    store =
        LuceneVectorStore.open(
            temp.resolve("index"),
            new IndexIdentity(MiniLmEmbedder.MODEL, MiniLmEmbedder.DIMENSION, Chunker.VERSION));
    indexer = new Indexer(reader::read, chunker::chunks, embedder, store, InstantSource.system());
  }

  @AfterAll
  void close() throws IOException {
    if (store != null) {
      store.close();
      embedder.close();
    }
  }

  private void copyBanks(Path temp) throws IOException {
    try (Stream<Path> folders = Files.list(BANKS)) {
      for (Path folder : folders.sorted().toList()) {
        Path source = folder.resolve("memory-bank");
        Path target = temp.resolve(folder.getFileName());
        try (Stream<Path> files = Files.walk(source)) {
          for (Path file : files.toList()) {
            Path copy = target.resolve(source.relativize(file).toString());
            if (Files.isDirectory(file)) {
              Files.createDirectories(copy);
            } else {
              Files.copy(file, copy);
            }
          }
        }
        banks.add(new Bank(folder.getFileName().toString(), target, null));
      }
    }
  }

  @Test
  void reindex_realBanks_followTheirFiles() throws IOException {
    assertThat(banks).hasSizeGreaterThan(1);
    for (Bank bank : banks) {
      assertReadsEveryFile(bank);
      assertSecondEmbedsNothing(bank);
      assertChangedLineEmbedsItsSection(bank);
      assertDeletedFileLeaves(bank);
    }
  }

  private void assertReadsEveryFile(Bank bank) throws IOException {
    IndexReport report = reindex(bank);
    Set<String> onDisk = onDisk(bank);
    assertThat(report.skipped()).as("%s", bank).isEmpty();
    assertThat(report.files()).as("%s", bank).isEqualTo(onDisk.size());
    assertThat(indexedFiles(bank)).as("%s", bank).containsExactlyInAnyOrderElementsOf(onDisk);
    assertThat(report.embedded()).as("%s", bank).isEqualTo(report.chunks()).isPositive();
  }

  /// Files with something in them.
  private static Set<String> onDisk(Bank bank) throws IOException {
    try (Stream<Path> files = Files.walk(bank.root())) {
      Set<String> found = new TreeSet<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean markdown = file.toString().toLowerCase(Locale.ROOT).endsWith(".md");
        if (markdown && !Files.readString(file).isBlank()) {
          found.add(bank.root().relativize(file).toString());
        }
      }
      return found;
    }
  }

  private Set<String> indexedFiles(Bank bank) throws IOException {
    return store.sections(bank.name()).values().stream()
        .map(SectionState::file)
        .collect(Collectors.toSet());
  }

  private void assertSecondEmbedsNothing(Bank bank) {
    IndexReport report = reindex(bank);
    assertThat(List.of(report.embedded(), report.deleted())).as("%s", bank).containsExactly(0, 0);
    assertThat(report.reused()).as("%s", bank).isEqualTo(report.chunks());
  }

  /// Adds a word to a list item of a section in the middle.
  private void assertChangedLineEmbedsItsSection(Bank bank) throws IOException {
    List<Section> candidates =
        reader.read(bank).sections().stream()
            .filter(section -> section.text().contains("\n- "))
            .toList();
    assertThat(candidates).as("%s: sections with a list", bank).isNotEmpty();
    Section before = candidates.get(candidates.size() / 2);
    Path file = bank.root().resolve(before.file());
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    int line = before.startLine();
    while (!lines.get(line).startsWith("- ")) {
      line++;
    }
    lines.set(line, lines.get(line) + " Edited.");
    Files.writeString(file, String.join("\n", lines) + "\n");
    Section after =
        reader.read(bank).sections().stream()
            .filter(section -> section.id().equals(before.id()))
            .findFirst()
            .orElseThrow();

    IndexReport report = reindex(bank);

    assertThat(after.hash()).as("%s", bank).isNotEqualTo(before.hash());
    assertThat(report.embedded()).as("%s", bank).isEqualTo(chunker.chunks(after).size());
    assertThat(report.deleted()).as("%s", bank).isEqualTo(chunker.chunks(before).size());
    assertThat(report.embedded() + report.reused()).as("%s", bank).isEqualTo(report.chunks());
  }

  private void assertDeletedFileLeaves(Bank bank) throws IOException {
    Set<String> files = onDisk(bank);
    String victim = files.iterator().next();
    Files.delete(bank.root().resolve(victim));

    IndexReport report = reindex(bank);

    files.remove(victim);
    assertThat(report.embedded()).as("%s", bank).isZero();
    assertThat(report.deleted()).as("%s", bank).isPositive();
    assertThat(indexedFiles(bank)).as("%s", bank).containsExactlyInAnyOrderElementsOf(files);
  }

  private IndexReport reindex(Bank bank) {
    return indexer.reindex(bank, false, Progress.SILENT);
  }
}
