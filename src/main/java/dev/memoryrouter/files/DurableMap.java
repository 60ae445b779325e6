package dev.memoryrouter.files;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded map that outlives the process. Everybody reads and writes memory; a thread of its own
/// appends the changes of the last moment to a file, so a kill loses no more than that moment.
/// Bounded by approximate bytes; what was not used for longest is forgotten first. When the file
/// cannot be written, the map goes on in memory and says so once. Thread-safe.
public final class DurableMap<V> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DurableMap.class);
  private static final Duration MOMENT = Duration.ofMillis(300);

  /// Map entry, objects and list node of one entry, without its characters.
  private static final long ENTRY_BYTES = 200;

  /// How values stand in the file.
  ///
  /// @param encode to one line without line breaks
  /// @param decode the value of such a line; empty when it is not understood
  public record Codec<V>(Function<V, String> encode, Function<String, Optional<V>> decode) {}

  private record Entry<V>(V value, String line, long bytes) {}

  private final long maxBytes;
  private final Codec<V> codec;
  private final @Nullable Journal journal;
  private final @Nullable ScheduledExecutorService writer;

  @GuardedBy("this")
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private final List<Journal.Line> unwritten = new ArrayList<>();

  @GuardedBy("this")
  private long bytes;

  private volatile boolean failing;

  private DurableMap(
      long maxBytes,
      Codec<V> codec,
      @Nullable Journal journal,
      @Nullable ScheduledExecutorService writer) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes must not be negative: " + maxBytes);
    }
    this.maxBytes = maxBytes;
    this.codec = codec;
    this.journal = journal;
    this.writer = writer;
  }

  /// A map that is kept in no file.
  ///
  /// @param maxBytes a value that alone exceeds it is not kept
  public static <V> DurableMap<V> inMemory(long maxBytes, Codec<V> codec) {
    return new DurableMap<>(maxBytes, codec, null, null);
  }

  /// The map of a file that nobody else writes; empty when there is no such file yet. What is
  /// damaged in it is left out with a notice.
  public static <V> DurableMap<V> open(Path file, long maxBytes, Codec<V> codec) {
    Journal journal = new Journal(file);
    DurableMap<V> map =
        new DurableMap<>(
            maxBytes,
            codec,
            journal,
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("write-" + file.getFileName()).factory()));
    map.load(journal.read());
    return map;
  }

  /// The map of a file that another process may be writing; changes to it stay in memory. What is
  /// damaged in the file is left out with a notice.
  public static <V> DurableMap<V> readOnly(Path file, long maxBytes, Codec<V> codec) {
    DurableMap<V> map = inMemory(maxBytes, codec);
    map.load(new Journal(file).read());
    return map;
  }

  /// The value of a key, which counts as used.
  public synchronized Optional<V> get(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /// Sets the value of a key.
  ///
  /// @param key without blanks and line breaks
  public void put(String key, V value) {
    Entry<V> entry = entry(key, value, codec.encode().apply(value));
    synchronized (this) {
      Entry<V> before = entries.get(key);
      if (before != null && before.line().equals(entry.line())) {
        return;
      }
      keep(key, entry);
      note(new Journal.Line(key, entry.line()));
    }
  }

  /// Approximate heap bytes in use, never above the bound.
  public synchronized long bytes() {
    return bytes;
  }

  /// Number of keys known.
  public synchronized int size() {
    return entries.size();
  }

  /// Writes everything, what was used last at the end, so that the next process forgets first what
  /// was not used for longest. The map goes on in memory.
  @Override
  public void close() {
    if (writer != null) {
      synchronized (this) {
        writer.shutdown();
      }
      writeAll();
    }
  }

  private static <V> Entry<V> entry(String key, V value, String line) {
    return new Entry<>(value, line, ENTRY_BYTES + 2L * (key.length() + 2L * line.length()));
  }

  private synchronized void load(List<Journal.Line> lines) {
    // Only the last line of a key counts, also for the bound.
    Map<String, Journal.Line> last = new LinkedHashMap<>();
    for (Journal.Line line : lines) {
      last.remove(line.key());
      last.put(line.key(), line);
    }
    for (Journal.Line line : last.values()) {
      codec
          .decode()
          .apply(line.value())
          .ifPresent(value -> keep(line.key(), entry(line.key(), value, line.value())));
    }
  }

  @GuardedBy("this")
  private void keep(String key, Entry<V> entry) {
    Entry<V> before = entries.remove(key);
    bytes -= before == null ? 0 : before.bytes();
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

  /// The first change after a pause has the writer come; those that follow go with it.
  @GuardedBy("this")
  private void note(Journal.Line change) {
    if (writer == null || writer.isShutdown()) {
      return;
    }
    if (unwritten.isEmpty()) {
      var _ = writer.schedule(this::write, MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    }
    unwritten.add(change);
  }

  private void write() {
    if (journal == null) {
      return;
    }
    synchronized (journal) {
      List<Journal.Line> changes = takeUnwritten();
      if (changes.isEmpty()) {
        return;
      }
      try {
        journal.append(changes, this::lines);
        failing = false;
      } catch (IOException | RuntimeException e) {
        warn(journal.path(), e);
      }
    }
  }

  private void writeAll() {
    if (journal == null || size() == 0) {
      return;
    }
    synchronized (journal) {
      try {
        var _ = takeUnwritten();
        journal.rewrite(lines());
      } catch (IOException | RuntimeException e) {
        warn(journal.path(), e);
      }
    }
  }

  private synchronized List<Journal.Line> takeUnwritten() {
    List<Journal.Line> changes = List.copyOf(unwritten);
    unwritten.clear();
    return changes;
  }

  private void warn(Path file, Exception e) {
    if (!failing) {
      failing = true;
      LOG.warn(
          "{} cannot be written, a restart would not know what is remembered now: {}",
          file,
          e.toString());
    }
  }

  private synchronized List<Journal.Line> lines() {
    List<Journal.Line> lines = new ArrayList<>();
    entries.forEach((key, entry) -> lines.add(new Journal.Line(key, entry.line())));
    return lines;
  }
}
