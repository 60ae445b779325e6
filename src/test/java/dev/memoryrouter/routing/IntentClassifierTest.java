package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.files.DurableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntentClassifierTest {
  private static final Map<String, IntentSettings> INTENTS = new LinkedHashMap<>();

  static {
    INTENTS.put(
        "memory",
        new IntentSettings(
            "memory",
            "",
            Stream.of("what is the project status", "which decision did the team take")
                .map(Utterance::of)
                .toList(),
            List.of("memory bank", "更新记忆库")));
    INTENTS.put(
        "code",
        new IntentSettings(
            "code",
            "",
            Stream.of("repair the broken parser", "write a function for dates")
                .map(Utterance::of)
                .toList(),
            List.of("fix", "C++")));
  }

  private final HashEmbedder embedder = new HashEmbedder();

  private IntentClassifier classifier() {
    return new IntentClassifier(INTENTS, ExampleVectors.inMemory(embedder, 1 << 20), Duration.ZERO);
  }

  private IntentClassifier prepared() {
    IntentClassifier classifier = classifier();
    classifier.prepare();
    return classifier;
  }

  @Test
  void classify_likeAnExample_hasItsIntent() {
    IntentResult result = prepared().classify("repair the broken scanner");

    assertThat(result.label()).isEqualTo("code");
    assertThat(result.scores().values().stream().mapToDouble(d -> d).sum())
        .isCloseTo(1, offset(1e-9));
    assertThat(result.score()).isEqualTo(result.scores().get("code"));
  }

  @Test
  void classify_notPrepared_keywordsDecide() {
    assertThat(classifier().classify("Update the MEMORY BANK").label()).isEqualTo("memory");
    assertThat(classifier().classify("please fix it").label()).isEqualTo("code");
    assertThat(embedder.calls).isEmpty();
  }

  @Test
  void classify_nothingSpeaksForAny_isUnsure() {
    assertThat(classifier().classify("zebra quagga okapi").label()).isEqualTo("unsure");
  }

  @Test
  void classify_bothKeywords_isUnsureWithoutVectors() {
    assertThat(classifier().classify("fix the memory bank").label()).isEqualTo("unsure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefix the name", "fixture", "suffixes"})
  void keyword_insideAWord_doesNotCount(String text) {
    assertThat(classifier().classify(text).label()).isEqualTo("unsure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fix: the name", "a FIX", "(fix)", "in C++ now"})
  void keyword_asAWord_counts(String text) {
    assertThat(classifier().classify(text).label()).isEqualTo("code");
  }

  @Test
  void keyword_inAScriptWithoutSpaces_countsAnywhere() {
    assertThat(classifier().classify("请更新记忆库吧").label()).isEqualTo("memory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  \n",
        "continue",
        "Yes!",
        "ok, thanks",
        "go ahead please",
        "weiter",
        "👍",
        "好的"
      })
  void classify_smallTalk_isNone(String text) {
    assertThat(prepared().classify(text)).isEqualTo(IntentResult.none());
    assertThat(classifier().classify(text)).isEqualTo(IntentResult.none());
  }

  @Test
  void classify_likeSmallTalk_isNone() {
    assertThat(prepared().classify("never mind, forget it all").label()).isEqualTo("none");
  }

  @Test
  void classify_embedderFails_keywordsDecide() {
    IntentClassifier classifier = prepared();
    embedder.failing = true;

    assertThat(classifier.classify("please fix it").label()).isEqualTo("code");
  }

  @Test
  void prepare_embedderFails_isNotReady() {
    embedder.failing = true;
    IntentClassifier classifier = prepared();

    assertThat(classifier.ready()).isFalse();
    assertThat(classifier.classify("please fix it").label()).isEqualTo("code");
  }

  @Test
  void prepare_secondTime_embedsNothingAnew() {
    ExampleVectors vectors = ExampleVectors.inMemory(embedder, 1 << 20);
    new IntentClassifier(INTENTS, vectors, Duration.ZERO).prepare();
    embedder.calls.clear();
    IntentClassifier again = new IntentClassifier(INTENTS, vectors, Duration.ZERO);
    again.prepare();

    assertThat(again.ready()).isTrue();
    assertThat(embedder.calls).as("only the probe").hasSize(1);
  }

  @Test
  void prepare_afterRestart_embedsNothingAnew(@TempDir Path folder) {
    Path file = folder.resolve("examples.log");
    try (DurableMap<float[]> kept = DurableMap.open(file, 1 << 20, ExampleVectors.CODEC)) {
      classifier(kept).prepare();
    }
    embedder.calls.clear();
    IntentClassifier again = classifier(DurableMap.readOnly(file, 1 << 20, ExampleVectors.CODEC));
    again.prepare();

    assertThat(again.ready()).isTrue();
    assertThat(embedder.calls).as("only the probe").hasSize(1);
  }

  @Test
  void prepare_vectorsDamagedOrOfAnotherModel_embedsThemAnew(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("examples.log");
    try (DurableMap<float[]> kept = DurableMap.open(file, 1 << 20, ExampleVectors.CODEC)) {
      classifier(kept).prepare();
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(1, lines.get(1).replace('A', 'B'));
    Files.write(file, lines);
    embedder.calls.clear();
    classifier(DurableMap.readOnly(file, 1 << 20, ExampleVectors.CODEC)).prepare();
    assertThat(embedder.calls).hasSize(2);

    embedder.calls.clear();
    embedder.model = "hash-2";
    classifier(DurableMap.readOnly(file, 1 << 20, ExampleVectors.CODEC)).prepare();
    assertThat(embedder.calls).hasSizeGreaterThan(2);
  }

  private IntentClassifier classifier(DurableMap<float[]> kept) {
    return new IntentClassifier(INTENTS, new ExampleVectors(embedder, () -> kept), Duration.ZERO);
  }

  @Test
  void classify_whileLearning_waits() throws Exception {
    IntentClassifier classifier =
        new IntentClassifier(
            INTENTS, ExampleVectors.inMemory(embedder, 1 << 20), Duration.ofMinutes(1));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<IntentResult> early =
          threads.submit(() -> classifier.classify("repair the broken scanner"));
      classifier.prepare();

      assertThat(early.get(1, TimeUnit.MINUTES).label()).isEqualTo("code");
      assertThat(early.get().provisional()).isFalse();
    }
  }

  @Test
  void classify_whileLearningForLong_keywordsDecideForNow() {
    IntentClassifier classifier =
        new IntentClassifier(
            INTENTS, ExampleVectors.inMemory(embedder, 1 << 20), Duration.ofMillis(5));

    IntentResult early = classifier.classify("please fix it");

    assertThat(early.label()).isEqualTo("code");
    assertThat(early.provisional()).isTrue();
    assertThat(early.basis()).contains("without embeddings").contains("keywords (code) fix");
  }

  @Test
  void classify_basis_namesNearestExampleAndKeywords() {
    IntentResult result = prepared().classify("fix the broken parser");

    assertThat(result.basis())
        .startsWith("score=")
        .contains("nearest example 0.")
        .contains("(code) \"repair the broken parser\"")
        .contains("keywords (code) fix");
  }

  @Test
  void classify_longText_headAndTailAreEmbedded() {
    IntentClassifier classifier = prepared();
    embedder.calls.clear();
    classifier.classify("begin " + "log line ".repeat(100_000) + " end");

    assertThat(embedder.calls).singleElement().asString().startsWith("begin").endsWith("end");
    assertThat(embedder.calls.getFirst().length()).isLessThan(600);
  }

  @Test
  void classify_noIntents_isNone() {
    assertThat(
            new IntentClassifier(
                    Map.of(), ExampleVectors.inMemory(embedder, 1 << 20), Duration.ZERO)
                .classify("fix it")
                .label())
        .isEqualTo("none");
  }

  /// Bags of words, hashed: texts with the same words are alike.
  private static final class HashEmbedder implements Embedder {
    final List<String> calls = new ArrayList<>();
    String model = "hash";
    boolean failing;

    @Override
    public String model() {
      return model;
    }

    @Override
    public int dimension() {
      return 256;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      if (failing) {
        throw new IllegalStateException("expected by this test");
      }
      calls.addAll(texts);
      return texts.stream().map(this::vector).toList();
    }

    float[] vector(String text) {
      float[] vector = new float[dimension()];
      for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
        vector[Math.floorMod(word.hashCode() * 31, dimension())] += 1;
      }
      double length = 0;
      for (float value : vector) {
        length += value * value;
      }
      for (int i = 0; i < vector.length; i++) {
        vector[i] /= (float) Math.sqrt(length);
      }
      return vector;
    }
  }
}
