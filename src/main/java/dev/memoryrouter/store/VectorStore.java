package dev.memoryrouter.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Chunks of banks with their vectors and terms. Thread-safe; a change is visible as a whole or not
/// at all, and survives a kill once [#apply] returned.
public interface VectorStore extends AutoCloseable {
  /// Content hash of each stored section by its id; empty for a bank without an index.
  Map<String, String> sections(String bank) throws IOException;

  /// Applies a change as one commit.
  void apply(String bank, Change change) throws IOException;

  /// The nearest chunks by cosine, best first, at most `limit`; scores from -1 to 1. Empty for a
  /// bank without an index.
  List<Scored> nearest(String bank, float[] vector, int limit) throws IOException;

  /// The chunks with the highest BM25 score for the words of `query`, best first, at most `limit`;
  /// only positive scores.
  List<Scored> matching(String bank, String query, int limit) throws IOException;

  /// Number of chunks and sections of a bank.
  Size size(String bank) throws IOException;

  @Override
  void close() throws IOException;

  /// A change of one bank.
  ///
  /// @param clear whether everything stored before is removed first
  /// @param removedSections ids of sections whose chunks leave; changed sections are named here too
  /// @param added chunks that come, with their vectors
  record Change(boolean clear, Set<String> removedSections, List<Embedded> added) {
    public Change {
      removedSections = Set.copyOf(removedSections);
      added = List.copyOf(added);
    }
  }

  /// A chunk with its unit vector.
  ///
  /// @param chunk what is stored
  /// @param vector of length 1
  @SuppressWarnings("ArrayRecordComponent") // a float[] is what every vector library takes
  record Embedded(ChunkRecord chunk, float[] vector) {}

  /// A found chunk.
  record Scored(ChunkRecord chunk, float score) {}

  /// How much a bank holds.
  record Size(int sections, int chunks) {}
}
