package dev.memoryrouter.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTemplateTest {
  @ParameterizedTest
  @CsvSource({
    "336, 336, 147",
    "100, 200, 147",
    "672, 672, 727",
    "400, 300, 437",
    "1008, 1008, 1452",
    "1344, 1344, 2467",
    "8000, 8000, 2467",
    "100000, 10, 2467"
  })
  void imageTokens_llama4_countsTiles(int width, int height, int tokens) {
    ChatTemplate llama4 = ChatTemplate.forTokenizer("o200k");
    assertThat(llama4.imageTokens(new ImageSize(width, height))).isEqualTo(tokens);
  }

  @Test
  void imageTokens_unknownSize_isAnUpperBound() {
    assertThat(ChatTemplate.forTokenizer("o200k").imageTokens(null)).isEqualTo(2467);
    assertThat(ChatTemplate.forTokenizer("qwen").imageTokens(null)).isEqualTo(69 * 39 + 2);
    assertThat(ChatTemplate.forTokenizer("cl100k").imageTokens(null)).isEqualTo(69 * 39 + 2);
  }

  @Test
  void imageTokens_patches_areBounded() {
    ChatTemplate qwen = ChatTemplate.forTokenizer("qwen");
    assertThat(qwen.imageTokens(new ImageSize(1, 1))).isEqualTo(1026);
    assertThat(qwen.imageTokens(new ImageSize(1 << 20, 1 << 20))).isEqualTo(16_386);
  }

  @Test
  void forTokenizer_unknown_isTheHighestOfAll() {
    ChatTemplate any = ChatTemplate.forTokenizer("file:/models/tokenizer.model");
    for (String id : new String[] {"qwen", "o200k"}) {
      ChatTemplate known = ChatTemplate.forTokenizer(id);
      assertThat(any.messageTokens()).isGreaterThanOrEqualTo(known.messageTokens());
      assertThat(any.replyTokens()).isGreaterThanOrEqualTo(known.replyTokens());
      assertThat(any.defaultSystemTokens()).isGreaterThanOrEqualTo(known.defaultSystemTokens());
      assertThat(any.toolsTokens()).isGreaterThanOrEqualTo(known.toolsTokens());
      assertThat(any.toolCallTokens()).isGreaterThanOrEqualTo(known.toolCallTokens());
      assertThat(any.toolResultTokens()).isGreaterThanOrEqualTo(known.toolResultTokens());
    }
  }

  @Test
  void toolTokens_qwen_coverItsMarkup() {
    ChatTemplate qwen = ChatTemplate.forTokenizer("qwen");
    TokenCounter counter = TokenCounters.of("qwen");
    String call =
        "\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\":\"Oslo\"}}\n</tool_call>";
    int parts = counter.count("get_weather") + counter.count("{\"city\":\"Oslo\"}");
    assertThat(qwen.toolCallTokens()).isBetween(counter.count(call) - parts, 30);
    assertThat(qwen.toolDefinitionTokens(73)).isBetween(95, 105);
  }
}
