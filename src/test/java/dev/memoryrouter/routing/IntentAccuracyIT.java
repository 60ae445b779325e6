package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How many labelled turns the shipped examples and keywords get right, and that one example more
/// corrects a turn.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IntentAccuracyIT {
  private static final Path DEVELOPMENT = Path.of("../shared/eval/intents/dev.jsonl");
  private static final Path OWN = Path.of("src/test/resources/intents/turns.jsonl");

  private final MiniLmEmbedder embedder = MiniLmEmbedder.load();
  private final ExampleVectors vectors = ExampleVectors.inMemory(embedder, 64 << 20);
  private final Map<String, IntentSettings> intents = new LinkedHashMap<>();
  private IntentClassifier shipped = new IntentClassifier(intents, vectors, Duration.ZERO);

  @BeforeAll
  void learn() {
    intents.putAll(
        RoutingFile.read(Yaml.read(Path.of("config/routing.yaml"), Environment.of(Map.of())))
            .intents());
    shipped = learnt(intents);
  }

  @AfterAll
  void close() {
    embedder.close();
  }

  private IntentClassifier learnt(Map<String, IntentSettings> settings) {
    var classifier = new IntentClassifier(settings, vectors, Duration.ZERO);
    classifier.prepare();
    return classifier;
  }

  @Test
  void classify_ownTurns_mostAreRight() throws IOException {
    check(OWN);
  }

  @Test
  void classify_developmentTurns_mostAreRight() throws IOException {
    Assumptions.assumeTrue(Files.exists(DEVELOPMENT), "no labelled turns here");
    check(DEVELOPMENT);
  }

  private void check(Path file) throws IOException {
    List<JudgedTurn> turns = judged(file);
    List<JudgedTurn> asking = turns.stream().filter(it -> it.turn().intent() != null).toList();
    List<JudgedTurn> idle = turns.stream().filter(it -> it.turn().intent() == null).toList();
    List<JudgedTurn> sure = asking.stream().filter(JudgedTurn::sure).toList();

    assertThat(share(asking, JudgedTurn::right)).as("forced").isGreaterThan(0.85);
    assertThat(share(sure, JudgedTurn::right)).as("right when sure").isGreaterThan(0.94);
    assertThat((double) sure.size() / asking.size()).as("sure").isGreaterThan(0.7);
    assertThat(share(idle, JudgedTurn::idle)).as("ask for nothing").isGreaterThan(0.9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"What is next?", "What's next?", "what’s next", "what is next", "next steps?"})
  void classify_questionForWhatIsPlanned_isMemory(String text) {
    assertThat(shipped.classify(text).label()).isEqualTo("memory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"next", "Next!", "ok, next please", "continue", "go on", "what now?"})
  void classify_wordsToGoOn_askForNothing(String text) {
    assertThat(shipped.classify(text).label()).isEqualTo(IntentResult.NONE);
  }

  @Test
  void classify_imageToBuildFrom_isAnalysis() {
    String text = "Make the page look like this.";

    assertThat(shipped.classify(new Utterance(text, null, 1)).label()).isEqualTo("analysis");
    assertThat(shipped.classify(text).label()).isNotEqualTo("analysis");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "analysis | Polish the wording of our release page. | Polish the wording of the release page",
        "memory | Fix the typo in the header. | fix that typo in the header please",
        "implementation | How far are we with the tariff rework? | How far are we with the tariff rework now?"
      })
  void example_added_correctsTheTurnAndItsNeighbours(String label, String turn, String neighbour) {
    assertThat(shipped.classify(turn).label()).isNotEqualTo(label);
    Map<String, IntentSettings> edited = new LinkedHashMap<>(intents);
    edited.compute(label, (_, intent) -> with(intent, Utterance.of(turn)));

    IntentClassifier corrected = learnt(edited);

    assertThat(corrected.classify(turn).label()).isEqualTo(label);
    assertThat(corrected.classify(neighbour).label()).isEqualTo(label);
  }

  private static IntentSettings with(IntentSettings intent, Utterance example) {
    List<Utterance> examples = new ArrayList<>(intent.examples());
    examples.add(example);
    return new IntentSettings(intent.name(), intent.description(), examples, intent.keywords());
  }

  private List<JudgedTurn> judged(Path file) throws IOException {
    List<JudgedTurn> turns = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      turns.add(JudgedTurn.of(turn(JsonMapper.shared().readTree(line)), shipped));
    }
    return turns;
  }

  private static LabelledTurn turn(JsonNode json) {
    var words =
        new Utterance(
            json.path("text").asString(),
            json.path("mode").asString("").equals("plan") ? Mode.PLAN : null,
            json.path("images").asInt());
    JsonNode intent = json.path("intent");
    return new LabelledTurn(
        json.path("id").asString(),
        words,
        intent.isNull() ? null : intent.asString(),
        json.path("difficulty").asString());
  }

  private static double share(List<JudgedTurn> turns, Predicate<JudgedTurn> predicate) {
    return (double) turns.stream().filter(predicate).count() / turns.size();
  }
}
