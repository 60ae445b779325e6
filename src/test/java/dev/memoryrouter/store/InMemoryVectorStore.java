package dev.memoryrouter.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/// A store without a disk; words count by how many of the query's words a chunk has.
public final class InMemoryVectorStore implements VectorStore {
  private final Map<String, Bank> banks = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();

  /// All changes so far.
  public synchronized List<Change> changes() {
    return List.copyOf(changes);
  }

  @Override
  public synchronized Map<String, SectionState> sections(String bank) {
    Map<String, SectionState> states = new LinkedHashMap<>();
    bank(bank).sections.forEach((id, s) -> states.put(id, SectionState.of(s)));
    return states;
  }

  @Override
  public synchronized void apply(String name, Change change) {
    changes.add(change);
    Bank bank = banks.computeIfAbsent(name, _ -> new Bank());
    if (change.clear()) {
      bank.sections.clear();
      bank.chunks.clear();
    }
    change.removedSections().forEach(bank.sections::remove);
    bank.chunks
        .values()
        .removeIf(chunk -> change.removedSections().contains(chunk.chunk().sectionId()));
    change.sections().forEach(section -> bank.sections.put(section.id(), section));
    change.added().forEach(chunk -> bank.chunks.put(chunk.chunk().id(), chunk));
    for (ChunkRecord moved : change.moved()) {
      bank.chunks.computeIfPresent(moved.id(), (_, old) -> new Embedded(moved, old.vector()));
    }
  }

  @Override
  public synchronized List<Scored> nearest(String bank, float[] vector, int limit) {
    return best(
        bank, limit, chunk -> chunk.vector() == null ? Double.NaN : dot(vector, chunk.vector()));
  }

  @Override
  public synchronized Matches matching(String bank, String query, int limit) {
    Set<String> words = words(query);
    List<Scored> found = best(bank, limit, chunk -> common(words, chunk.chunk()));
    return new Matches(found.stream().filter(s -> s.score() > 0).toList(), words.size());
  }

  private List<Scored> best(String bank, int limit, ToDoubleFunction<Embedded> score) {
    return bank(bank).chunks.values().stream()
        .map(chunk -> new Scored(chunk.chunk(), (float) score.applyAsDouble(chunk)))
        .filter(scored -> !Float.isNaN(scored.score()))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(limit)
        .toList();
  }

  private static double common(Set<String> words, ChunkRecord chunk) {
    Set<String> own = words(chunk.text() + " " + chunk.headingPath() + " " + chunk.file());
    return words.stream().filter(own::contains).count();
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\W+", -1))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toSet());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public synchronized Map<String, SectionRecord> sections(String bank, Set<String> ids) {
    Map<String, SectionRecord> sections = new LinkedHashMap<>(bank(bank).sections);
    sections.keySet().retainAll(ids);
    return sections;
  }

  @Override
  public synchronized Optional<Size> size(String bank) {
    return Optional.ofNullable(banks.get(bank))
        .map(held -> new Size(held.sections.size(), held.chunks.size(), held.embedded()));
  }

  @Override
  public Optional<String> problem(String bank) {
    return Optional.empty();
  }

  @Override
  public void close() {
    // Nothing is held.
  }

  private Bank bank(String name) {
    return banks.getOrDefault(name, new Bank());
  }

  private static final class Bank {
    private final Map<String, SectionRecord> sections = new LinkedHashMap<>();
    private final Map<String, Embedded> chunks = new LinkedHashMap<>();

    int embedded() {
      return (int) chunks.values().stream().filter(chunk -> chunk.vector() != null).count();
    }
  }
}
