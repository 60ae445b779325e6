package dev.memoryrouter.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Remembers counts, so that a message that comes again with every turn costs a hash instead of a
/// count. Holds no text: an entry is 128 bits of SHA-256, the length and the count, whatever the
/// size of the text, and so the bound is a number of entries. Thread-safe.
public final class CountCache {
  private static final int DEFAULT_ENTRIES = 100_000;

  private final Cache<Key, Integer> counts;

  public CountCache() {
    this(DEFAULT_ENTRIES);
  }

  /// A cache of another size.
  ///
  /// @param entries how many counts are kept, about 100 bytes each
  public CountCache(int entries) {
    // In the caller's thread, so that the bound holds without a pool of its own.
    counts = Caffeine.newBuilder().maximumSize(entries).executor(Runnable::run).build();
  }

  /// The count of a text by a counter, from the cache or made now.
  public int count(TokenCounter counter, String text) {
    if (text.isEmpty()) {
      return counter.count(text);
    }
    // Not computed inside the cache: a long count would block other keys of the same bin.
    Key key = Key.of(counter.id(), text);
    Integer known = counts.getIfPresent(key);
    if (known != null) {
      return known;
    }
    int count = counter.count(text);
    counts.put(key, count);
    return count;
  }

  /// Number of counts kept now.
  public long size() {
    return counts.estimatedSize();
  }

  private record Key(String counter, long high, long low, int length) {
    static Key of(String counter, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer digest = ByteBuffer.wrap(sha256().digest(bytes));
      return new Key(counter, digest.getLong(), digest.getLong(), text.length());
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
