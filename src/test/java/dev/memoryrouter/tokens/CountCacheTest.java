package dev.memoryrouter.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CountCacheTest {
  @Test
  void count_sameText_isCountedOnce() {
    var calls = new AtomicInteger();
    var cache = new CountCache();
    TokenCounter counter = counter("a", calls);
    assertThat(cache.count(counter, "some text")).isEqualTo(9);
    assertThat(cache.count(counter, new String("some text".toCharArray()))).isEqualTo(9);
    assertThat(calls).hasValue(1);
    assertThat(cache.count(counter, "some other text")).isEqualTo(15);
    assertThat(calls).hasValue(2);
  }

  @Test
  void count_otherCounter_isCountedAgain() {
    var calls = new AtomicInteger();
    var cache = new CountCache();
    cache.count(counter("a", calls), "some text");
    cache.count(counter("b", calls), "some text");
    assertThat(calls).hasValue(2);
  }

  @Test
  void count_manyTexts_staysBounded() {
    var cache = new CountCache(1_100);
    TokenCounter counter = counter("a", new AtomicInteger());
    for (int i = 0; i < 1000; i++) {
      assertThat(cache.count(counter, "text " + i)).isEqualTo(5 + Integer.toString(i).length());
    }
    assertThat(cache.size()).isLessThanOrEqualTo(10);
  }

  private static TokenCounter counter(String id, AtomicInteger calls) {
    return new TokenCounter() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public int count(String text) {
        calls.incrementAndGet();
        return text.length();
      }
    };
  }
}
