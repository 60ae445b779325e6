package dev.memoryrouter.upstream.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaVersionTest {
  @ParameterizedTest
  @CsvSource({
    "0.9.6, true",
    "0.12.3, true",
    "0.12.4, false",
    "0.12.10-rc0, false",
    "0.33.0-rc2, false",
    "1.0.0, false",
    "dev, false"
  })
  void cutsPrompts_untilItHeedsOurRequest(String version, boolean cuts) {
    assertThat(OllamaVersion.cutsPrompts(version)).isEqualTo(cuts);
  }
}
