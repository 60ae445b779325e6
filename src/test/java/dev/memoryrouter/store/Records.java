package dev.memoryrouter.store;

import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.util.List;
import java.util.Set;

/// Sections of one chunk, for tests of stores.
public final class Records {
  public static final int DIMENSION = 8;

  private Records() {}

  public static SectionRecord section(String id, int start, String text) {
    return section(id, start, text, true);
  }

  /// A section of four lines.
  ///
  /// @param embedded whether its chunk has a vector
  public static SectionRecord section(String id, int start, String text, boolean embedded) {
    return new SectionRecord(
        id,
        "hash of " + text,
        "notes.md",
        id,
        List.of("Top", id),
        start,
        start + 3,
        1,
        embedded,
        text);
  }

  public static ChunkRecord chunk(SectionRecord section) {
    return new ChunkRecord(
        section.id() + "#0",
        section.id(),
        section.hash(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        section.startLine() + 1,
        section.endLine(),
        section.text());
  }

  /// A vector that points mostly along one axis.
  public static float[] axis(int axis) {
    float[] vector = new float[DIMENSION];
    vector[axis % DIMENSION] = 1;
    return vector;
  }

  public static Embedded embedded(SectionRecord section, int axis) {
    return new Embedded(chunk(section), axis(axis));
  }

  public static Change add(SectionRecord section, int axis) {
    return new Change(
        false, Set.of(), List.of(section), List.of(embedded(section, axis)), List.of());
  }

  public static Change remove(String section) {
    return new Change(false, Set.of(section), List.of(), List.of(), List.of());
  }
}
