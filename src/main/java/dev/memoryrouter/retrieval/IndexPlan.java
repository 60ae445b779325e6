package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.store.VectorStore.SectionState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// What must change so that the index says what the files say. What the index holds of files that
/// could not be read now stays: they may be readable again a moment later.
///
/// @param removed ids of stored sections that leave or are replaced
/// @param added sections that come
/// @param moved sections with the same text on other lines
/// @param pending sections with the same text whose vectors are missing or to be made anew
/// @param kept chunks that stay with their vectors, moved ones and those of unreadable files
///   included
/// @param deleted chunks that leave or are replaced
record IndexPlan(
    Set<String> removed,
    List<Cut> added,
    List<Cut> moved,
    List<Cut> pending,
    int kept,
    int deleted) {
  IndexPlan {
    removed = Set.copyOf(removed);
    added = List.copyOf(added);
    moved = List.copyOf(moved);
    pending = List.copyOf(pending);
  }

  /// @param full whether all vectors are made anew
  static IndexPlan of(
      BankContents contents,
      Map<String, SectionState> stored,
      Function<Section, List<Chunk>> chunker,
      boolean full) {
    Builder builder = new Builder(stored, chunker, full);
    contents.sections().forEach(builder::add);
    return builder.build(contents.skipped());
  }

  /// Chunks to embed.
  int fresh() {
    return Stream.concat(added.stream(), pending.stream())
        .mapToInt(cut -> cut.chunks().size())
        .sum();
  }

  /// A section with its chunks.
  ///
  /// @param embedded whether the index has their vectors
  record Cut(Section section, List<Chunk> chunks, boolean embedded) {
    Cut {
      chunks = List.copyOf(chunks);
    }
  }

  private static final class Builder {
    private final Map<String, SectionState> stored;
    private final Function<Section, List<Chunk>> chunker;
    private final boolean full;
    private final Set<String> seen = new HashSet<>();
    private final Set<String> removed = new HashSet<>();
    private final List<Cut> added = new ArrayList<>();
    private final List<Cut> moved = new ArrayList<>();
    private final List<Cut> pending = new ArrayList<>();
    private int kept;
    private int deleted;

    Builder(
        Map<String, SectionState> stored, Function<Section, List<Chunk>> chunker, boolean full) {
      this.stored = stored;
      this.chunker = chunker;
      this.full = full;
    }

    void add(Section section) {
      seen.add(section.id());
      SectionState state = stored.get(section.id());
      if (state == null) {
        added.add(cut(section, false));
      } else if (!state.hash().equals(section.hash())) {
        leave(section.id(), state);
        added.add(cut(section, false));
      } else {
        stay(section, state);
      }
    }

    private void stay(Section section, SectionState state) {
      if (state.startLine() != section.startLine() || state.endLine() != section.endLine()) {
        moved.add(cut(section, state.embedded()));
      }
      if (full || !state.embedded()) {
        pending.add(cut(section, state.embedded()));
        deleted += full ? state.chunks() : 0;
      } else {
        kept += state.chunks();
      }
    }

    private void leave(String id, SectionState state) {
      removed.add(id);
      deleted += state.chunks();
    }

    private Cut cut(Section section, boolean embedded) {
      return new Cut(section, chunker.apply(section), embedded);
    }

    IndexPlan build(List<Skipped> skipped) {
      stored.forEach((id, state) -> {
        if (seen.contains(id)) {
          return;
        }
        if (skipped.stream().anyMatch(unread -> unread.covers(state.file()))) {
          kept += state.chunks();
        } else {
          leave(id, state);
        }
      });
      return new IndexPlan(removed, added, moved, pending, kept, deleted);
    }
  }
}
