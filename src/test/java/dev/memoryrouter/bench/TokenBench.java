package dev.memoryrouter.bench;

import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.TokenCounters;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Counting a prompt of 100,000 tokens, message by message.
@State(Scope.Benchmark)
public class TokenBench {
  private final CountCache cache = new CountCache();
  private final TokenCounter counter = TokenCounters.of("qwen");
  private List<String> texts = List.of();

  @Setup
  public void read() {
    texts = LongPrompt.texts();
    countWarm();
  }

  @Benchmark
  public int countCold() {
    return texts.stream().mapToInt(counter::count).sum();
  }

  @Benchmark
  public final int countWarm() {
    return texts.stream().mapToInt(text -> cache.count(counter, text)).sum();
  }
}
