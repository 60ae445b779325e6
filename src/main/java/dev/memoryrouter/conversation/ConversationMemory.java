package dev.memoryrouter.conversation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Remembers a value for conversations, found again by the longest known prefix or by the agent's
/// session id. Bounded by approximate bytes; what was not used for longest is forgotten first.
/// Thread-safe.
///
/// Two conversations with equal beginnings share what is remembered for those beginnings, until
/// they differ.
public final class ConversationMemory<V> {
  /// Map entry, key string and value holder of one entry, without the value.
  private static final long ENTRY_BYTES = 200;

  private static final String EMPTY = PrefixHasher.empty();

  /// What is remembered for a prefix.
  ///
  /// @param messages length of that prefix in the asking conversation
  public record Match<V>(V value, int messages) {}

  private record Entry<V>(V value, long bytes) {}

  private final long maxBytes;
  private final ToLongFunction<V> valueBytes;

  @GuardedBy("this")
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private long bytes;

  /// A memory without entries.
  ///
  /// @param maxBytes a value that alone exceeds it is not kept
  /// @param valueBytes approximate heap bytes of a value
  public ConversationMemory(long maxBytes, ToLongFunction<V> valueBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes must not be negative: " + maxBytes);
    }
    this.maxBytes = maxBytes;
    this.valueBytes = valueBytes;
  }

  /// The value of the longest prefix that has one.
  public synchronized Optional<Match<V>> longestKnown(PrefixChain chain) {
    String tried = "";
    for (int n = chain.size(); n > 0; n--) {
      String hash = chain.at(n);
      // A system message has the identity of what stands before it: no need to look twice.
      Entry<V> entry = hash.equals(tried) ? null : entries.get(hash);
      if (entry != null) {
        return Optional.of(new Match<>(entry.value(), n));
      }
      tried = hash;
    }
    return Optional.empty();
  }

  /// Remembers a value for the first `messages` messages. A prefix of system messages only belongs
  /// to no conversation and is not remembered.
  public void remember(PrefixChain chain, int messages, V value) {
    String hash = chain.at(messages);
    if (!hash.equals(EMPTY)) {
      put(hash, value);
    }
  }

  /// Remembers a value for the agent's own session id.
  public void rememberSession(String session, V value) {
    put(sessionKey(session), value);
  }

  /// The value of a session.
  public synchronized Optional<V> ofSession(String session) {
    Entry<V> entry = entries.get(sessionKey(session));
    return entry == null ? Optional.empty() : Optional.of(entry.value());
  }

  /// Approximate heap bytes in use, never above the bound.
  public synchronized long bytes() {
    return bytes;
  }

  /// Number of prefixes and sessions known.
  public synchronized int size() {
    return entries.size();
  }

  private void put(String key, V value) {
    Entry<V> entry =
        new Entry<>(value, ENTRY_BYTES + 2L * key.length() + valueBytes.applyAsLong(value));
    synchronized (this) {
      subtract(entries.remove(key));
      if (entry.bytes() > maxBytes) {
        return;
      }
      entries.put(key, entry);
      bytes += entry.bytes();
      Iterator<Entry<V>> eldest = entries.values().iterator();
      while (bytes > maxBytes) {
        bytes -= eldest.next().bytes();
        eldest.remove();
      }
    }
  }

  @GuardedBy("this")
  private void subtract(@Nullable Entry<V> removed) {
    bytes -= removed == null ? 0 : removed.bytes();
  }

  /// Prefixes are bare hexadecimal digits, so a session can never be taken for one.
  private static String sessionKey(String session) {
    return "session:" + session;
  }
}
