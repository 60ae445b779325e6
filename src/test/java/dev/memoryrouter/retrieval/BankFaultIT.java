package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.retrieval.SearchResult.Found;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can be wrong with a bank on disk, from its files to the answers of a search.
class BankFaultIT {
  private static final IndexIdentity IDENTITY =
      new IndexIdentity("hash", HashEmbedder.DIMENSION, Chunker.VERSION);
  private static final int FIVE_MEGABYTES = 5 << 20;

  @TempDir Path temp;

  private final HashEmbedder embedder = new HashEmbedder();
  private final Chunker chunker = new Chunker(WordPieces.miniLm());
  private Path root;
  private Bank bank;
  private VectorStore store;
  private Indexer indexer;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(temp.resolve("memory-bank"));
    bank = new Bank("app", root, null);
    write("good.md", "# Good\nThe quokka lives here.\n");
    store = LuceneVectorStore.open(temp.resolve("index"), IDENTITY);
    indexer = indexer(EmbedderHandle.of(embedder));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Indexer indexer(EmbedderHandle handle) {
    return new Indexer(
        new BankReader()::read, chunker::chunks, handle, store, InstantSource.system());
  }

  @Test
  void reindex_bytesThatAreNoText_areFoundAroundThem() throws IOException {
    byte[] text = "# Mixed\nbefore ? wombat after\n".getBytes(StandardCharsets.UTF_8);
    text[15] = (byte) 0xff;
    Files.write(root.resolve("mixed.md"), text);
    assertThat(reindex().skipped()).isEmpty();
    assertFound("wombat", "mixed.md");
  }

  @Test
  void reindex_binaryFile_isSkippedAndReported() throws IOException {
    Files.write(root.resolve("image.md"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1, 2});
    assertSkipped("image.md", "binary");
  }

  @Test
  void reindex_emptyFile_isReadAndHasNothing() throws IOException {
    write("empty.md", "");
    write("blank.md", "\n \n\n");
    IndexReport report = reindex();
    assertThat(report.files()).isEqualTo(3);
    assertThat(report.sections()).isEqualTo(1);
    assertThat(report.skipped()).isEmpty();
    assertFound("quokka", "good.md");
  }

  @Test
  void reindex_fiveMegabytes_areIndexedToTheLastWord() throws IOException {
    var text = new StringBuilder("# Log\n");
    for (int line = 0; text.length() < FIVE_MEGABYTES; line++) {
      text.append("Entry ").append(line).append(" of a log that nobody ever cut, and so on.\n");
      if (line % 500 == 0) {
        text.append("\n## Part ").append(line).append('\n');
      }
    }
    write("huge.md", text + "the final platypus\n");
    IndexReport report = reindex();
    assertThat(report.skipped()).isEmpty();
    assertThat(report.chunks()).isGreaterThan(10_000);
    assertFound("platypus", "huge.md");
    assertFound("quokka", "good.md");
    assertThat(reindex().embedded()).isZero();
  }

  @Test
  void reindex_folderNamedLikeAFile_isAFolder() throws IOException {
    Files.createDirectory(root.resolve("x.md"));
    write("x.md/inner.md", "# Inner\nThe numbat digs.\n");
    assertThat(reindex().skipped()).isEmpty();
    assertFound("numbat", "x.md/inner.md");
  }

  @Test
  void reindex_linkToNothing_isSkippedAndReported() throws IOException {
    Files.createSymbolicLink(root.resolve("link.md"), temp.resolve("nothing.md"));
    assertSkipped("link.md", "no longer there");
  }

  @Test
  void reindex_namedPipe_isSkippedWithoutWaiting() throws Exception {
    Path pipe = root.resolve("pipe.md");
    assumeThat(makePipe(pipe)).as("mkfifo").isTrue();
    assertSkipped("pipe.md", "not a regular file");
  }

  private static boolean makePipe(Path pipe) throws InterruptedException {
    try {
      return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void reindex_filesComeAndGoMeanwhile_losesNothingElse() throws Exception {
    Path fleeting = root.resolve("a-fleeting.md");
    var stop = new AtomicBoolean();
    Thread editor = Thread.ofPlatform().start(() -> comeAndGo(fleeting, stop));
    try {
      for (int i = 0; i < 30; i++) {
        IndexReport report = reindex();
        assertThat(report.files()).isBetween(1, 2);
        assertThat(report.skipped()).extracting(Skipped::file).isSubsetOf("a-fleeting.md");
        assertFound("quokka", "good.md");
      }
    } finally {
      stop.set(true);
      editor.join();
    }
    Files.deleteIfExists(fleeting);
    assertThat(reindex().chunks()).isEqualTo(1);
  }

  private static void comeAndGo(Path file, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        Files.writeString(file, "# Fleeting\nhere and gone\n");
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void reindex_rootGoesAndComes_keepsTheIndex() throws IOException {
    reindex();
    Path away = temp.resolve("away");
    Files.move(root, away);
    IndexReport report = reindex();
    assertThat(report.chunks()).isEqualTo(1);
    assertThat(report.deleted()).isZero();
    assertThat(report.skipped()).extracting(Skipped::file).containsExactly(".");
    assertThat(indexer.status(bank).problem())
        .contains("no such folder: " + root)
        .contains("still found");
    assertFound("quokka", "good.md");
    Files.move(away, root);
    int before = embedder.embedded();
    assertThat(reindex().skipped()).isEmpty();
    assertThat(embedder.embedded()).isEqualTo(before);
    assertThat(indexer.status(bank).problem()).isNull();
  }

  @Test
  void reindex_rootNeverThere_isAnEmptyIndexWithAProblem() throws IOException {
    bank = new Bank("app", temp.resolve("none"), null);
    assertThat(reindex().chunks()).isZero();
    assertThat(indexer.status(bank).problem()).endsWith("no such folder: " + temp.resolve("none"));
    assertThat(search("anything").hits()).isEmpty();
  }

  @Test
  void search_embedderFailedToLoad_goesByWords() {
    reindex();
    EmbedderHandle failed =
        EmbedderHandle.load(() -> {
          throw new EmbeddingException("no native library", null);
        });
    Found found = search("quokka", failed.ready());
    assertThat(found.degraded()).isEqualTo("no-embedder");
    assertThat(found.hits()).extracting(Hit::file).containsExactly("good.md");
    // Nothing changed, so that nothing needs embedding.
    assertThat(indexer(failed).reindex(bank, false, Progress.SILENT).reused()).isEqualTo(1);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(root.resolve(file), text);
  }

  private IndexReport reindex() {
    return indexer.reindex(bank, false, Progress.SILENT);
  }

  /// The file is reported in both places, and the rest is found.
  private void assertSkipped(String file, String reason) {
    List<Skipped> skipped = reindex().skipped();
    assertThat(skipped)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.file()).isEqualTo(file);
          assertThat(one.reason()).contains(reason);
        });
    assertThat(indexer.status(bank).skipped()).isEqualTo(skipped);
    assertThat(indexer.status(bank).problem()).isNull();
    assertFound("quokka", "good.md");
  }

  private void assertFound(String word, String file) {
    Hit best = search(word).hits().getFirst();
    assertThat(best.file()).isEqualTo(file);
    assertThat(best.text()).contains(word);
  }

  private Found search(String query) {
    return search(query, Optional.of(embedder));
  }

  private Found search(String query, Optional<Embedder> with) {
    var retriever =
        new Retriever(store, () -> with, TokenCounters.of("qwen"), new BankReader()::read);
    return (Found) retriever.search(bank, query, 3);
  }
}
