package dev.memoryrouter.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Remembers counts, so that a message that comes again with every turn costs a comparison instead
/// of a count. Holds the texts: comparing them is ten times faster than hashing them safely, and a
/// request of 100,000 tokens is looked up once for each model. Bounded by characters for each
/// counter. Thread-safe.
public final class CountCache {
  private static final long MAX_CHARACTERS = 24L << 20;

  /// About what an entry takes besides its characters.
  private static final int ENTRY = 100;

  private final long maxCharacters;
  private final Map<String, Cache<String, Integer>> counts = new ConcurrentHashMap<>();

  public CountCache() {
    this(MAX_CHARACTERS);
  }

  /// A cache of another size.
  ///
  /// @param maxCharacters of all texts of a counter; each text counts 100 more
  public CountCache(long maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  /// The count of a text by a counter, from the cache or made now.
  public int count(TokenCounter counter, String text) {
    if (text.isEmpty()) {
      return counter.count(text);
    }
    // Not computed inside the cache: a long count would block other keys of the same bin.
    Cache<String, Integer> cache = counts.computeIfAbsent(counter.id(), _ -> cache());
    Integer known = cache.getIfPresent(text);
    if (known != null) {
      return known;
    }
    int count = counter.count(text);
    cache.put(text, count);
    return count;
  }

  /// Number of counts kept now.
  public long size() {
    return counts.values().stream().mapToLong(Cache::estimatedSize).sum();
  }

  private Cache<String, Integer> cache() {
    // In the caller's thread, so that the bound holds without a pool of its own.
    return Caffeine.newBuilder()
        .maximumWeight(maxCharacters)
        .<String, Integer>weigher((text, _) -> ENTRY + text.length())
        .executor(Runnable::run)
        .build();
  }
}
