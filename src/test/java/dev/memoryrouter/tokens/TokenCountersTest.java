package dev.memoryrouter.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCountersTest {
  private static final int LONG = 50_000;

  @Test
  void count_qwenVectors_allEqual() throws IOException {
    String[] texts = resource("qwen2.inp").split("\n__ggml_vocab_test__\n", -1);
    List<String> ids = List.of(resource("qwen2.out").split("\n", -1));
    TokenCounter qwen = TokenCounters.of("qwen");
    assertThat(ids).hasSize(47);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      String line = ids.get(i).strip();
      int expected = line.isEmpty() ? 0 : line.split(" ").length;
      if (qwen.count(texts[i]) != expected) {
        wrong.add(i + ": " + expected + " but " + qwen.count(texts[i]));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void count_digits_singlyInQwenByThreesElsewhere() {
    assertThat(TokenCounters.of("qwen").count("123456")).isEqualTo(6);
    assertThat(TokenCounters.of("o200k").count("123456")).isEqualTo(2);
    assertThat(TokenCounters.of("cl100k").count("123456")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen", "o200k", "cl100k"})
  void count_spellingOfSpecialTokens_isOrdinaryText(String id) {
    TokenCounter counter = TokenCounters.of(id);
    assertThat(counter.count("<|im_start|>")).isGreaterThan(1);
    assertThat(counter.count("<|endoftext|>")).isGreaterThan(1);
    assertThat(counter.count("")).isZero();
    assertThat(counter.count("\ud800")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen", "o200k", "cl100k"})
  void count_textWithoutBorders_endsOnASmallStack(String id) {
    TokenCounter counter = TokenCounters.of(id);
    for (String text : textsWithoutBorders()) {
      assertThat(counter.count(text)).isBetween(1, 3 * LONG);
    }
    assertThat(counter.count(" ".repeat(LONG))).isLessThan(LONG / 10);
  }

  @Test
  void of_sameId_isShared() {
    assertThat(TokenCounters.of("qwen")).isSameAs(TokenCounters.of("qwen"));
    assertThat(TokenCounters.of("qwen").id()).isEqualTo("qwen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt4", "", "file:", "QWEN"})
  void of_unknownId_namesTheValidOnes(String id) {
    assertThatThrownBy(() -> TokenCounters.of(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + id + "'")
        .hasMessageContaining("qwen, o200k, cl100k, or file:<path>");
  }

  @Test
  void of_file_countsByItsRanks(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tiny.tiktoken");
    Files.writeString(file, bytesAnd("ab", "abc", "12"));
    TokenCounter counter = TokenCounters.of("file:" + file);
    // abc | c | 12 | 3, a run of digits being cut after three.
    assertThat(counter.count("abcc")).isEqualTo(2);
    assertThat(counter.count("123")).isEqualTo(2);
    assertThat(counter.count("<|eot|>")).isEqualTo(7);
    assertThat(TokenCounters.of("file:" + file)).isSameAs(counter);
    assertThat(counter.id()).isEqualTo("file:" + file);
  }

  @Test
  void of_missingFile_namesItAndTheReason(@TempDir Path folder) {
    Path file = folder.resolve("none.model");
    assertThatThrownBy(() -> TokenCounters.of("file:" + file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("NoSuchFile");
  }

  @Test
  void of_brokenFile_namesTheLine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("broken.model");
    Files.writeString(file, bytesAnd() + "{\"not\": \"tiktoken\"}\n");
    assertThatThrownBy(() -> TokenCounters.of("file:" + file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + ":257");
  }

  @Test
  void of_incompleteFile_isRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("part.model");
    Files.writeString(file, "YQ== 0\n");
    assertThatThrownBy(() -> TokenCounters.of("file:" + file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("incomplete");
  }

  private static List<String> textsWithoutBorders() {
    var bytes = new byte[LONG];
    new Random(7).nextBytes(bytes);
    return List.of(
        "a".repeat(LONG),
        " ".repeat(LONG),
        "\n".repeat(LONG),
        "\t ".repeat(LONG / 2),
        "漢".repeat(LONG),
        "#".repeat(LONG),
        Base64.getEncoder().encodeToString(bytes).substring(0, LONG));
  }

  private static String bytesAnd(String... tokens) {
    var lines = new StringBuilder();
    int rank = 0;
    for (; rank < 256; rank++) {
      lines.append(Base64.getEncoder().encodeToString(new byte[] {(byte) rank}));
      lines.append(' ').append(rank).append('\n');
    }
    for (String token : tokens) {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      lines.append(Base64.getEncoder().encodeToString(bytes)).append(' ').append(rank++);
      lines.append('\n');
    }
    return lines.toString();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        TokenCountersTest.class.getResourceAsStream("/tokenizer-vectors/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
