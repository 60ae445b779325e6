package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundIndexingIT {
  private static final IndexIdentity IDENTITY =
      new IndexIdentity("hash", HashEmbedder.DIMENSION, "1");
  private static final Bank GOOD = new Bank("good", Path.of("good"), null);
  private static final Bank BAD = new Bank("bad", Path.of("bad"), null);

  @TempDir Path root;

  private final Notes notes = new Notes().put("a.md", "# One\nfirst\nsecond");

  private Indexer indexer(VectorStore store) {
    return new Indexer(
        bank -> {
          if (bank.equals(BAD)) {
            throw new UncheckedIOException(new IOException("disk is gone"));
          }
          return notes.read(bank);
        },
        Notes::chunks,
        EmbedderHandle.of(new HashEmbedder()),
        store,
        InstantSource.system());
  }

  @Test
  void start_oneBankFails_othersAreIndexed() throws IOException {
    try (VectorStore store = LuceneVectorStore.open(root, IDENTITY)) {
      Indexer indexer = indexer(store);
      try (BackgroundIndexing work =
          new BackgroundIndexing(indexer, _ -> List.of(), () -> List.of(BAD, GOOD))) {
        work.start();
        await().until(() -> indexer.status(GOOD).lastIndexed() != null);
        await().until(() -> indexer.status(BAD).problem() != null);
      }
      assertThat(store.size("good").orElseThrow().chunks()).isEqualTo(2);
      assertThat(indexer.status(BAD).problem()).contains("disk is gone");
    }
  }

  @Test
  void close_whileWorking_stopsAndLeavesWhatWasCommitted() throws Exception {
    try (VectorStore store = LuceneVectorStore.open(root, IDENTITY)) {
      indexer(store).reindex(GOOD, false, Progress.SILENT);
      CountDownLatch working = new CountDownLatch(1);
      Indexer slow =
          new Indexer(
              bank -> {
                working.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                }
                return notes.read(bank);
              },
              Notes::chunks,
              EmbedderHandle.of(new HashEmbedder()),
              store,
              InstantSource.system());
      BackgroundIndexing work =
          new BackgroundIndexing(slow, _ -> List.of(), () -> List.of(GOOD, BAD));
      work.start();
      working.await();
      work.close();
      assertThat(store.size("good").orElseThrow().chunks()).isEqualTo(2);
      assertThat(store.size("bad")).isEmpty();
    }
  }
}
