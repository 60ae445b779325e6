package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

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
}
