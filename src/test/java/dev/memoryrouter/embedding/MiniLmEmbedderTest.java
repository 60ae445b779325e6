package dev.memoryrouter.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The real network; its load takes most of the time.
class MiniLmEmbedderTest {
  private static MiniLmEmbedder embedder;

  @BeforeAll
  static void load() {
    embedder = MiniLmEmbedder.load();
  }

  @AfterAll
  static void free() {
    embedder.close();
  }

  @Test
  void embed_anyText_hasLengthOne() {
    for (float[] vector : embedder.embed(List.of("a", "", "  ", "\uD83D", "größer 日本 😀"))) {
      assertThat(vector).hasSize(MiniLmEmbedder.DIMENSION);
      assertThat(dot(vector, vector)).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void embed_closed_saysSo() {
    MiniLmEmbedder closed = MiniLmEmbedder.load();
    closed.close();
    assertThatThrownBy(() -> closed.embed("late"))
        .isInstanceOf(EmbeddingException.class)
        .hasMessage("the embedding model was closed");
  }

  @Test
  void embed_similarMeaning_isNearer() {
    float[] question = embedder.embed("How do users log in?");
    float[] near = embedder.embed("Authentication happens with a password or single sign-on.");
    float[] far = embedder.embed("The garden has tomatoes and beans.");
    assertThat(dot(question, near)).isGreaterThan(dot(question, far) + 0.1);
  }

  @Test
  void embed_lastWordOfFullWindow_changesVector() {
    String full = "token ".repeat(MiniLmEmbedder.WINDOW - 3);
    assertThat(embedder.pieces(full + "apple")).isEqualTo(MiniLmEmbedder.WINDOW);
    assertThat(dot(embedder.embed(full + "apple"), embedder.embed(full + "water")))
        .isLessThan(0.9999);
  }

  @Test
  void embed_lastWordOfLongText_changesVector() {
    String text = "token ".repeat(3 * MiniLmEmbedder.WINDOW);
    assertThat(dot(embedder.embed(text + "apple"), embedder.embed(text + "water")))
        .isLessThan(0.9999);
  }

  @Test
  void embed_inAList_givesSameVectorAsAlone() {
    String text = "Retries use exponential backoff.";
    List<float[]> vectors = embedder.embed(List.of("x ".repeat(700), text, "short", text));
    assertThat(vectors.get(1)).containsExactly(embedder.embed(text));
    assertThat(vectors.get(3)).containsExactly(embedder.embed(text));
  }

  @Test
  void embed_manyVirtualThreads_keepTheirOrder() throws Exception {
    List<String> texts = List.of("alpha", "beta gamma", "delta");
    List<float[]> expected = embedder.embed(texts);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<List<float[]>> task = () -> embedder.embed(texts);
      List<Future<List<float[]>>> results = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        results.add(threads.submit(task));
      }
      for (Future<List<float[]>> result : results) {
        for (int i = 0; i < texts.size(); i++) {
          assertThat(result.get().get(i)).containsExactly(expected.get(i));
        }
      }
    }
  }

  @Test
  void embed_interruptedCaller_failsAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> embedder.embed("text"))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
