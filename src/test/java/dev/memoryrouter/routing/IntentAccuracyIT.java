package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How many labelled turns the shipped examples and keywords get right.
class IntentAccuracyIT {
  private static final Path TURNS = Path.of("../shared/eval/intents/dev.jsonl");

  private record Labelled(String text, @Nullable String label, boolean hard, IntentResult result) {
    boolean right() {
      return forced().equals(label);
    }

    /// The best intent, sure or not.
    String forced() {
      return result.scores().entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse(IntentResult.NONE);
    }

    boolean keepsRoute() {
      return result.label().equals(IntentResult.NONE) || result.label().equals(IntentResult.UNSURE);
    }
  }

  @Test
  void classify_labelledTurns_mostAreRight(TestReporter reporter) throws IOException {
    Assumptions.assumeTrue(Files.exists(TURNS), "no labelled turns here");
    List<Labelled> turns = classified();
    List<Labelled> asking = turns.stream().filter(turn -> turn.label() != null).toList();
    List<Labelled> idle = turns.stream().filter(turn -> turn.label() == null).toList();

    double forced = share(asking, Labelled::right);
    double kept = share(idle, Labelled::keepsRoute);
    List<Labelled> sure = asking.stream().filter(turn -> !turn.keepsRoute()).toList();
    reporter.publishEntry(
        Map.of(
            "forced", format(forced),
            "plain",
                format(share(asking.stream().filter(t -> !t.hard()).toList(), Labelled::right)),
            "hard", format(share(asking.stream().filter(Labelled::hard).toList(), Labelled::right)),
            "nulls kept", format(kept),
            "answered", format((double) sure.size() / asking.size()),
            "right of answered", format(share(sure, Labelled::right)),
            "none though asking", format(share(asking, t -> t.result().label().equals("none")))));
    assertThat(forced).isGreaterThan(0.8);
    assertThat(kept).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"What is next?", "What's next?", "what’s next", "what is next", "next steps?"})
  void classify_questionForWhatIsPlanned_isMemory(String text) throws IOException {
    assertThat(shipped().classify(text).label()).isEqualTo("memory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"next", "Next!", "ok, next please", "continue", "go on", "what now?"})
  void classify_wordsToGoOn_askForNothing(String text) throws IOException {
    assertThat(shipped().classify(text).label()).isEqualTo(IntentResult.NONE);
  }

  private static IntentClassifier shipped() throws IOException {
    Map<String, IntentSettings> intents =
        RoutingFile.read(Yaml.read(Path.of("config/routing.yaml"), Environment.of(Map.of())))
            .intents();
    IntentClassifier classifier = new IntentClassifier(intents, new ExampleVectors(new MiniLm()));
    classifier.prepare();
    return classifier;
  }

  private static List<Labelled> classified() throws IOException {
    IntentClassifier classifier = shipped();
    List<Labelled> turns = new ArrayList<>();
    for (String line : Files.readAllLines(TURNS)) {
      JsonNode turn = JsonMapper.shared().readTree(line);
      String text = turn.get("text").asString();
      JsonNode label = turn.get("intent");
      turns.add(
          new Labelled(
              text,
              label.isNull() ? null : label.asString(),
              turn.get("difficulty").asString().equals("hard"),
              classifier.classify(text)));
    }
    return turns;
  }

  private static double share(List<Labelled> turns, Predicate<Labelled> predicate) {
    return (double) turns.stream().filter(predicate).count() / turns.size();
  }

  private static String format(double share) {
    return String.format(Locale.ROOT, "%.3f", share);
  }

  private static final class MiniLm implements Embedder {
    private final AllMiniLmL6V2QuantizedEmbeddingModel embedding =
        new AllMiniLmL6V2QuantizedEmbeddingModel();

    @Override
    public String model() {
      return "all-minilm-l6-v2-q";
    }

    @Override
    public int dimension() {
      return 384;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(text -> embedding.embed(text).content().vector()).toList();
    }
  }
}
