package dev.memoryrouter.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sections and chunks of banks with their vectors and terms. Thread-safe; a change is visible as a
/// whole or not at all, and survives a kill once [#apply] returned.
///
/// A store belongs to one embedding model and chunker version. What another one left there counts
/// as no index, and the next change replaces it.
public interface VectorStore extends AutoCloseable {
  /// State of each stored section by its id; empty for a bank without an index.
  Map<String, SectionState> sections(String bank) throws IOException;

  /// Applies a change as one commit.
  void apply(String bank, Change change) throws IOException;

  /// The nearest chunks by cosine, best first, at most `limit`; scores from -1 to 1. Chunks without
  /// a vector are not among them. Empty for a bank without an index.
  List<Scored> nearest(String bank, float[] vector, int limit) throws IOException;

  /// The chunks with the highest BM25 score for the words of `query`, best first, at most `limit`;
  /// only positive scores.
  Matches matching(String bank, String query, int limit) throws IOException;

  /// What is near a vector and what matches the words of a query, both seen in the same commit
  /// where the store can do that.
  ///
  /// @param vector null if the meaning is not known
  /// @param limit at most so many of each
  default Candidates candidates(String bank, float @Nullable [] vector, String query, int limit)
      throws IOException {
    return new Candidates(
        vector == null ? null : nearest(bank, vector, limit), matching(bank, query, limit));
  }

  /// The stored sections with these ids, whole; ids that are not stored are left out.
  Map<String, SectionRecord> sections(String bank, Set<String> ids) throws IOException;

  /// Number of chunks and sections of a bank; empty if it has no usable index.
  Optional<Size> size(String bank) throws IOException;

  /// What is wrong with a bank's index, for users; empty if nothing is. The next change repairs it.
  Optional<String> problem(String bank);

  @Override
  void close() throws IOException;

  /// A change of one bank. An id may be removed and come back in the same change.
  ///
  /// @param clear whether everything stored before is removed first
  /// @param removedSections ids of sections that leave with their chunks; changed sections are
  ///   named here too
  /// @param sections sections that come, and those whose lines moved; replace what has their id
  /// @param added chunks that come, with their vectors
  /// @param moved stored chunks that are the same but for their lines; their vectors stay
  record Change(
      boolean clear,
      Set<String> removedSections,
      List<SectionRecord> sections,
      List<Embedded> added,
      List<ChunkRecord> moved) {
    public Change {
      removedSections = Set.copyOf(removedSections);
      sections = List.copyOf(sections);
      added = List.copyOf(added);
      moved = List.copyOf(moved);
    }
  }

  /// A chunk with its unit vector.
  ///
  /// @param chunk what is stored
  /// @param vector of length 1; null if it is not known yet, then the chunk is found by its words
  ///   alone
  @SuppressWarnings("ArrayRecordComponent") // a float[] is what every vector library takes
  record Embedded(ChunkRecord chunk, float @Nullable [] vector) {}

  /// A found chunk.
  record Scored(ChunkRecord chunk, float score) {}

  /// Chunks found by words.
  ///
  /// @param ceiling a score that no chunk can exceed for this query; 0 if it has no words
  record Matches(List<Scored> chunks, float ceiling) {
    public Matches {
      chunks = List.copyOf(chunks);
    }
  }

  /// Chunks found by meaning and by words.
  ///
  /// @param near best first; null if the meaning was not known
  record Candidates(@Nullable List<Scored> near, Matches matches) {
    public Candidates {
      near = near == null ? null : List.copyOf(near);
    }
  }

  /// What tells whether a section must be stored anew.
  ///
  /// @param chunks how many chunks it has
  /// @param embedded whether all of them have their vectors
  record SectionState(
      String file, String hash, int startLine, int endLine, int chunks, boolean embedded) {
    /// The state of a stored section.
    public static SectionState of(SectionRecord section) {
      return new SectionState(
          section.file(),
          section.hash(),
          section.startLine(),
          section.endLine(),
          section.chunks(),
          section.embedded());
    }
  }

  /// How much a bank holds.
  ///
  /// @param embedded chunks with a vector
  record Size(int sections, int chunks, int embedded) {}
}
