package dev.memoryrouter.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CachingEmbedderTest {
  private final HashEmbedder inner = new HashEmbedder();
  private final CachingEmbedder cache = new CachingEmbedder(inner, 1_000_000);

  @Test
  void embed_sameTextTwice_embedsOnce() {
    float[] first = cache.embed("some words");
    float[] expected = first.clone();
    first[0] = 99; // the caller's copy
    assertThat(cache.embed("some words")).containsExactly(expected);
    assertThat(inner.embedded()).isEqualTo(1);
  }
}
