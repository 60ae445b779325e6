package dev.memoryrouter.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordPiecesTest {
  /// Parts of texts in which the tokenizers could differ.
  private static final List<String> PARTS =
      List.of(
          "hello",
          "World",
          "activeContext",
          "techContext.md",
          "42",
          "3.14",
          " ",
          "  ",
          "\n",
          "\t",
          "é",
          "naïve",
          "Ångström",
          "e\u0301",
          "ß",
          "İ",
          "ı",
          "I",
          "Straße",
          "漢字",
          "かな",
          "한국어",
          "привет",
          "ﬁ",
          "≠",
          "≮",
          "€",
          "→",
          "✅",
          "⭐",
          "👩‍💻",
          "\u200b",
          "\u00a0",
          "\u2028",
          "\u0085",
          "\u0001",
          "\ufffd",
          "\ue000",
          "-",
          "_",
          "`",
          "$",
          "+",
          "=",
          "|",
          "```java",
          "don't",
          "…",
          "“quoted”",
          "\u0378",
          "ab".repeat(60),
          "%",
          "^",
          "~",
          "<",
          ">",
          "memory",
          "Größe",
          "İstanbul",
          "日本語",
          "HttpClient2",
          "snake_case_name",
          "a-b/c.d",
          "`code()`",
          "x".repeat(101),
          "\r\n",
          "©",
          "—",
          "\u0000",
          "Ελληνικά",
          "ΣΑΣ",
          "हिन्दी",
          "ไทย",
          "unaffable",
          "##ing");

  private final WordPieces pieces = WordPieces.miniLm();

  @Test
  void ids_randomTexts_equalTheNativeTokenizer() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder();
      for (int part = random.nextInt(12); part >= 0; part--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
        text.append(random.nextInt(3) == 0 ? " " : "");
      }
      texts.add(text.toString());
    }
    try (HuggingFaceTokenizer reference = reference()) {
      for (String text : texts) {
        long[] expected = reference.encode(text, false, false).getIds();
        assertThat(Arrays.stream(pieces.ids(text)).asLongStream().toArray())
            .as("seed %d, text '%s'", seed, text)
            .containsExactly(expected);
        assertThat(pieces.count(text)).isEqualTo(expected.length);
      }
    }
  }

  @Test
  void count_rareCharacters_areNeverFewerThanNatively() throws IOException {
    List<String> texts = new ArrayList<>();
    // Without CJK and Hangul, which take long and hold no surprise.
    IntStream.concat(IntStream.range(1, 0x3400), IntStream.range(0xE000, 0x12000))
        .filter(c -> c < 0xE100 || c >= 0xF900)
        .mapToObj(Character::toString)
        .map(character -> "ab" + character + "cd" + character)
        .forEach(texts::add);
    List<String> fewer = new ArrayList<>();
    try (HuggingFaceTokenizer reference = reference()) {
      for (int from = 0; from < texts.size(); from += 4000) {
        List<String> batch = texts.subList(from, Math.min(texts.size(), from + 4000));
        Encoding[] encodings = reference.batchEncode(batch, false, false);
        for (int i = 0; i < encodings.length; i++) {
          if (pieces.count(batch.get(i)) < encodings[i].getIds().length) {
            fewer.add(batch.get(i));
          }
        }
      }
    }
    assertThat(fewer).isEmpty();
  }

  @Test
  void count_beyondTheWindow_grows() {
    assertThat(pieces.count("hello ".repeat(300))).isEqualTo(300);
    assertThat(pieces.count("a".repeat(100))).isEqualTo(50);
    assertThat(pieces.count("a".repeat(101))).isEqualTo(1);
    assertThat(pieces.count("")).isZero();
    assertThat(pieces.id()).isEqualTo("minilm");
  }

  @Test
  void id_piece_isItsPlaceInTheVocabulary() {
    assertThat(pieces.id("[CLS]")).isEqualTo(101);
    assertThat(pieces.id("[SEP]")).isEqualTo(102);
    assertThat(pieces.ids("unaffable")).containsExactly(ids("una", "##ffa", "##ble"));
    assertThat(pieces.ids("\u0000")).isEmpty();
    assertThatThrownBy(() -> pieces.id("##zzzz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("##zzzz");
  }

  private int[] ids(String... known) {
    return Arrays.stream(known).mapToInt(pieces::id).toArray();
  }

  @Test
  void count_specialTokens_areNotFewerThanInTheModel() {
    assertThat(pieces.count("[MASK]")).isEqualTo(3);
  }

  @Test
  void split_anyText_partsJoinAndFit() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      var text = new StringBuilder();
      for (int part = random.nextInt(60); part > 0; part--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      int limit = 6 + random.nextInt(20);
      List<String> parts = pieces.split(text.toString(), limit);
      assertThat(String.join("", parts)).as("seed %d", seed).isEqualTo(text.toString());
      assertThat(parts)
          .as("seed %d, limit %d", seed, limit)
          .allSatisfy(part -> assertThat(pieces.count(part)).isLessThanOrEqualTo(limit));
    }
  }

  @Test
  void split_words_cutsBetweenThem() {
    assertThat(pieces.split("one two three", 2)).containsExactly("one two ", "three");
    assertThat(pieces.split("one", 2)).containsExactly("one");
    assertThat(pieces.split("", 2)).containsExactly("");
    assertThatThrownBy(() -> pieces.split("one", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static HuggingFaceTokenizer reference() throws IOException {
    // Else the library asks the machine's cloud who it is.
    System.setProperty("OPT_OUT_TRACKING", "true");
    try (InputStream in =
        WordPiecesTest.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
      return HuggingFaceTokenizer.newInstance(
          in, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
    }
  }
}
