package dev.memoryrouter.store.lucene;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The index of one bank. Searches see the last commit only, and never wait for a change that is
/// being written.
///
/// A writer is opened for each change and closed after it, so that nothing is held while nothing
/// changes. Damage is found when the index is opened, makes it count as empty, and is repaired by
/// the next change, which starts from nothing.
final class LuceneBank {
  private static final Logger LOG = LoggerFactory.getLogger(LuceneBank.class);

  /// Documents of an index up to which removed ones leave the files with the commit: chunks up to
  /// [NearestSearch#EXACT_LIMIT] and their sections. What is removed would otherwise still count in
  /// the frequencies of words, and scores would depend on the index's past. Above, rewriting takes
  /// longer than a small change may.
  private static final int MOST_EXPUNGED = 2 * NearestSearch.EXACT_LIMIT;

  private final String name;
  private final IndexFolder folder;
  private final IndexIdentity identity;
  private final Analyzer analyzer;
  private final boolean readOnly;

  private final Object writing = new Object();
  private volatile boolean changing;

  // Guarded by this.
  private @Nullable SearcherManager searchers;
  private @Nullable Directory directory;
  private @Nullable String problem;
  private String problemCommits = "";
  private boolean closed;

  LuceneBank(
      String name,
      IndexFolder folder,
      IndexIdentity identity,
      Analyzer analyzer,
      boolean readOnly) {
    this.name = name;
    this.folder = folder;
    this.identity = identity;
    this.analyzer = analyzer;
    this.readOnly = readOnly;
  }

  /// Runs a search on the last commit; empty if there is no usable index.
  <T> Optional<T> search(Search<T> search) throws IOException {
    SearcherManager manager;
    IndexSearcher searcher;
    synchronized (this) { // or the manager could be closed in between
      manager = current();
      if (manager == null) {
        return Optional.empty();
      }
      searcher = manager.acquire();
    }
    try {
      if (!IndexFolder.belongsTo(identity, (DirectoryReader) searcher.getIndexReader())) {
        return Optional.empty();
      }
      return Optional.of(search.run(searcher));
    } finally {
      manager.release(searcher);
    }
  }

  /// What is wrong with the files, as far as it was seen.
  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Lets go of an index whose files somebody removed: it would still be searched, and a change
  /// would be written as if the rest were there.
  ///
  /// @return whether that was so
  synchronized boolean noticeRemoval() throws IOException {
    if (searchers == null || folder.hasCommit()) {
      return false;
    }
    LOG.warn("bank {}: index {} was removed and will be made anew", name, folder.path());
    closeReaders();
    return true;
  }

  private synchronized @Nullable SearcherManager current() throws IOException {
    if (closed) {
      throw new IOException("the index is closed");
    }
    if (searchers == null) {
      open();
    } else if (readOnly) {
      refresh();
    }
    return searchers;
  }

  private void open() throws IOException {
    String commits = folder.commits();
    if (problem != null && commits.equals(problemCommits)) {
      return;
    }
    problem = null;
    if (folder.isEmpty()) {
      return;
    }
    try {
      directory = FSDirectory.open(folder.path());
      searchers = new SearcherManager(IndexFolder.openWhole(directory), null);
    } catch (IndexNotFoundException _) {
      if (mayBeInTheMaking()) {
        closeReaders();
      } else {
        openFailed(commits, "its list of segments is missing");
      }
    } catch (IOException | RuntimeException e) {
      if (!IndexFolder.isDamage(e)) {
        closeReaders();
        throw e;
      }
      LOG.warn("bank {}: index {} is damaged", name, folder.path(), e);
      openFailed(commits, e.toString());
    }
  }

  /// Whether files without a commit may be those of a first change that is being written: here, or
  /// by the process that owns the index.
  private boolean mayBeInTheMaking() {
    return changing || readOnly;
  }

  private void openFailed(String commits, String reason) throws IOException {
    closeReaders();
    problem = "index of bank " + name + " is damaged and will be rebuilt: " + reason;
    problemCommits = commits;
    LOG.warn("{}", problem);
  }

  /// Moves to the newest commit; if that fails, for example because the files were replaced, the
  /// next search opens and checks the index anew.
  private void refresh() throws IOException {
    try {
      if (searchers != null) {
        searchers.maybeRefreshBlocking();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("bank {}: opening the index again", name, e);
      closeReaders();
      open();
    }
  }

  private synchronized void reopen() throws IOException {
    if (searchers == null) {
      open();
    } else {
      refresh();
    }
  }

  /// Writes a change as one commit and shows it to searches.
  void apply(Change change) throws IOException {
    synchronized (writing) {
      if (noticeRemoval() && !change.clear()) {
        throw new IOException("its files were removed; the next reindex makes them anew");
      }
      boolean usable = search(_ -> true).isPresent();
      prepareFiles();
      Files.createDirectories(folder.path());
      changing = true;
      try (Directory target = FSDirectory.open(folder.path());
          IndexWriter writer = new IndexWriter(target, config())) {
        if (change.clear() || !usable) {
          writer.deleteAll();
        }
        write(writer, change);
        if (writer.getDocStats().numDocs <= MOST_EXPUNGED) {
          writer.forceMergeDeletes();
        }
        writer.setLiveCommitData(IndexFolder.userData(identity).entrySet());
        writer.commit();
        // Merges that the commit started are only kept by another one.
        if (writer.hasUncommittedChanges()) {
          writer.commit();
        }
      } catch (LockObtainFailedException e) {
        throw new IOException(
            "the index of bank " + name + " is being written by another process", e);
      } finally {
        changing = false;
      }
      reopen();
    }
  }

  /// Damaged files leave before the first change.
  private synchronized void prepareFiles() throws IOException {
    if (problem != null) {
      LOG.warn("bank {}: removing the damaged index {}", name, folder.path());
      closeReaders();
      folder.clear();
      problem = null;
    }
  }

  private IndexWriterConfig config() {
    return new IndexWriterConfig(analyzer)
        .setCodec(new VectorCodec())
        .setMergePolicy(new TieredMergePolicy().setForceMergeDeletesPctAllowed(0))
        .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
        .setCommitOnClose(false) // closing after a failure must not keep half of a change
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private static void write(IndexWriter writer, Change change) throws IOException {
    for (String section : change.removedSections()) {
      writer.deleteDocuments(Documents.owner(section));
    }
    for (SectionRecord section : change.sections()) {
      writer.updateDocument(Documents.section(section.id()), Documents.section(section));
    }
    for (Embedded chunk : change.added()) {
      writer.updateDocument(Documents.chunk(chunk.chunk().id()), Documents.chunk(chunk));
    }
    for (var chunk : change.moved()) {
      Field[] lines = Documents.lines(chunk);
      writer.updateDocValues(Documents.chunk(chunk.id()), lines);
    }
  }

  private void closeReaders() throws IOException {
    SearcherManager oldSearchers = searchers;
    Directory oldDirectory = directory;
    searchers = null;
    directory = null;
    if (oldSearchers != null) {
      oldSearchers.close();
    }
    if (oldDirectory != null) {
      oldDirectory.close();
    }
  }

  /// Waits for a change that is being written.
  void close() throws IOException {
    synchronized (writing) {
      synchronized (this) {
        closed = true;
        closeReaders();
      }
    }
  }

  /// A search on one commit.
  @FunctionalInterface
  interface Search<T> {
    T run(IndexSearcher searcher) throws IOException;
  }
}
