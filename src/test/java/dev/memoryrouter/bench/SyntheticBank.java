package dev.memoryrouter.bench;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Made-up sections of one chunk each, whose vectors lie around some centres as those of real notes
/// lie around topics.
final class SyntheticBank {
  static final Bank BANK = new Bank("bench", Path.of("none"), null);
  static final int DIMENSION = 384;

  private static final int COMMIT = 5_000;
  private static final int TOPICS = 200;
  private static final int TEXT = 400; // characters
  private static final float SPREAD = 0.05f; // per dimension; the topic itself has length 1

  private final long seed;
  private final AgentConversations texts;
  private final List<float[]> topics = new ArrayList<>();

  SyntheticBank(long seed) {
    this.seed = seed;
    texts = new AgentConversations(Shape.PLAIN, "/w", 10, seed);
    for (int i = 0; i < TOPICS; i++) {
      topics.add(noise(new float[DIMENSION], 1, new Random(seed - i - 1)));
    }
  }

  /// Writes the sections from one number up to another.
  void fill(VectorStore store, int from, int to) throws IOException {
    for (int start = from; start < to; start += COMMIT) {
      List<SectionRecord> sections = new ArrayList<>();
      List<Embedded> chunks = new ArrayList<>();
      for (int i = start; i < Math.min(to, start + COMMIT); i++) {
        SectionRecord section = section(i);
        sections.add(section);
        chunks.add(new Embedded(chunk(section), vector(i)));
      }
      store.apply(BANK.name(), new Change(false, Set.of(), sections, chunks, List.of()));
    }
  }

  /// Gives one section another text.
  void edit(VectorStore store, int number) throws IOException {
    SectionRecord section = section(number);
    store.apply(
        BANK.name(),
        new Change(
            false,
            Set.of(section.id()),
            List.of(section),
            List.of(new Embedded(chunk(section), vector(number))),
            List.of()));
  }

  /// A unit vector near one of the topics, the same for the same number.
  float[] vector(int number) {
    Random random = new Random(seed + number);
    return noise(topics.get(random.nextInt(TOPICS)), SPREAD, random);
  }

  String prose(int characters) {
    return texts.prose(characters);
  }

  private static float[] noise(float[] around, float spread, Random random) {
    float[] vector = around.clone();
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] += (float) (spread * random.nextGaussian());
      squares += vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
  }

  private SectionRecord section(int number) {
    String name = "s" + number;
    String text = texts.prose(TEXT) + " number" + number;
    return new SectionRecord(
        name,
        "hash",
        "notes.md",
        name,
        List.of("Top", name),
        number + 1,
        number + 1,
        1,
        true,
        text);
  }

  private static ChunkRecord chunk(SectionRecord section) {
    return new ChunkRecord(
        section.id() + "#0",
        section.id(),
        section.hash(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        section.startLine(),
        section.endLine(),
        section.text());
  }
}
