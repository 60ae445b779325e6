package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.MemoryFile;
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

/// What must change so that the index says what the files say, file by file. What the index holds
/// of files that could not be read now stays: they may be readable again a moment later.
///
/// @param files changes of files that are there, those without any left out
/// @param gone ids of stored sections of files that are not there any more
/// @param kept chunks that stay with their vectors, moved ones and those of unreadable files
///   included
/// @param deleted chunks that leave
record IndexPlan(List<FilePlan> files, Set<String> gone, int kept, int deleted) {
  IndexPlan {
    files = List.copyOf(files);
    gone = Set.copyOf(gone);
  }

  /// @param full whether every section is taken for changed
  static IndexPlan of(
      BankContents contents,
      Map<String, SectionState> stored,
      Function<Section, List<Chunk>> chunker,
      boolean full) {
    Builder builder = new Builder(stored, chunker, full);
    contents.files().forEach(builder::add);
    return builder.build(contents.skipped());
  }

  /// Chunks to embed.
  int fresh() {
    return files.stream().mapToInt(FilePlan::fresh).sum();
  }

  /// Changes of one file, which go into one commit.
  ///
  /// @param removed ids of sections that leave or are replaced
  /// @param added sections that come
  /// @param moved sections with the same text on other lines
  record FilePlan(String file, Set<String> removed, List<Cut> added, List<Cut> moved) {
    FilePlan {
      removed = Set.copyOf(removed);
      added = List.copyOf(added);
      moved = List.copyOf(moved);
    }

    int fresh() {
      return added.stream().mapToInt(cut -> cut.chunks().size()).sum();
    }

    boolean isEmpty() {
      return removed.isEmpty() && added.isEmpty() && moved.isEmpty();
    }
  }

  /// A section with its chunks.
  record Cut(Section section, List<Chunk> chunks) {
    Cut {
      chunks = List.copyOf(chunks);
    }
  }

  private static final class Builder {
    private final Map<String, SectionState> stored;
    private final Function<Section, List<Chunk>> chunker;
    private final boolean full;
    private final List<FilePlan> files = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int kept;
    private int deleted;

    Builder(
        Map<String, SectionState> stored, Function<Section, List<Chunk>> chunker, boolean full) {
      this.stored = stored;
      this.chunker = chunker;
      this.full = full;
    }

    void add(MemoryFile file) {
      Set<String> removed = new HashSet<>();
      List<Cut> added = new ArrayList<>();
      List<Cut> moved = new ArrayList<>();
      for (Section section : file.sections()) {
        seen.add(section.id());
        SectionState state = stored.get(section.id());
        if (state == null) {
          added.add(cut(section));
        } else if (full || !state.hash().equals(section.hash())) {
          removed.add(section.id());
          deleted += state.chunks();
          added.add(cut(section));
        } else {
          kept += state.chunks();
          if (state.startLine() != section.startLine() || state.endLine() != section.endLine()) {
            moved.add(cut(section));
          }
        }
      }
      files.add(new FilePlan(file.path(), removed, added, moved));
    }

    private Cut cut(Section section) {
      return new Cut(section, chunker.apply(section));
    }

    /// Sections that left a file leave in that file's commit, so that a renamed heading is never
    /// missing and never twice there.
    IndexPlan build(List<Skipped> skipped) {
      Set<String> gone = new HashSet<>();
      List<FilePlan> plans = new ArrayList<>(files);
      stored.forEach((id, state) -> {
        if (seen.contains(id)) {
          return;
        }
        if (skipped.stream().anyMatch(unread -> unread.covers(state.file()))) {
          kept += state.chunks();
        } else {
          deleted += state.chunks();
          gone.add(id);
        }
      });
      plans.replaceAll(plan -> withLeaving(plan, gone));
      plans.removeIf(FilePlan::isEmpty);
      return new IndexPlan(plans, gone, kept, deleted);
    }

    private FilePlan withLeaving(FilePlan plan, Set<String> gone) {
      Set<String> removed = new HashSet<>(plan.removed());
      gone.removeIf(id -> {
        SectionState state = stored.get(id);
        return state != null && state.file().equals(plan.file()) && removed.add(id);
      });
      return new FilePlan(plan.file(), removed, plan.added(), plan.moved());
    }
  }
}
