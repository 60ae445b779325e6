package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.embedding.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallTalkTest {
  @ParameterizedTest
  @CsvSource({
    "next, true",
    "'Next one, please!', true",
    "go on, true",
    "what now?, true",
    "What is next?, false",
    "What's next?, false",
    "what’s next, false",
    "next steps, false"
  })
  void isEmpty_words_onlyWhenTheyAskForNothing(String text, boolean empty) {
    assertThat(SmallTalk.isEmpty(text)).isEqualTo(empty);
  }

  @Test
  void longText_ofFewWords_isNeverSmallTalk() {
    String text = "ok" + " ".repeat(400);

    assertThat(SmallTalk.isEmpty(text)).isFalse();
    assertThat(SmallTalk.possible(text)).isFalse();
  }

  @Test
  void prepare_afterAnEdit_forgetsTheOldExamples() {
    List<String> embedded = new ArrayList<>();
    ExampleVectors vectors = new ExampleVectors(new Recording(embedded));
    prepare(vectors, "old one");
    prepare(vectors, "new one");
    embedded.clear();

    prepare(vectors, "old one");

    assertThat(embedded).containsExactly("old one");
  }

  private static void prepare(ExampleVectors vectors, String example) {
    var intent = new IntentSettings("a", "", List.of(Utterance.of(example)), List.of());
    new IntentClassifier(Map.of("a", intent), vectors).prepare();
  }

  private record Recording(List<String> texts) implements Embedder {
    @Override
    public String model() {
      return "recording";
    }

    @Override
    public int dimension() {
      return 1;
    }

    @Override
    public List<float[]> embed(List<String> more) {
      texts.addAll(more);
      return more.stream().map(_ -> new float[] {1}).toList();
    }
  }
}
