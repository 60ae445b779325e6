package dev.memoryrouter.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when files change, appear or vanish. A change is told once two looks in a row saw the same
/// new state, so that a file is not read while it is being written. Links are followed. Changes are
/// counted from construction on: make the poller first, then read the files.
public final class FilePoller implements AutoCloseable {
  /// Time between two looks.
  public static final Duration INTERVAL = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(FilePoller.class);

  private final Supplier<? extends Collection<Path>> paths;
  private final Consumer<Set<Path>> onChange;
  private final Map<Path, Stamp> told = new HashMap<>();
  private final Map<Path, Stamp> seen = new HashMap<>();
  private final ScheduledExecutorService executor;

  /// Looks at these files.
  public FilePoller(Collection<Path> paths, Consumer<Set<Path>> onChange) {
    this(() -> paths, onChange);
  }

  /// Looks at the files that there are.
  ///
  /// @param paths lists them, once in each look; a file that is no longer listed has vanished
  public FilePoller(Supplier<? extends Collection<Path>> paths, Consumer<Set<Path>> onChange) {
    this.paths = paths;
    this.onChange = onChange;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("file-poller").factory());
    told.putAll(stamps());
  }

  /// Starts looking every [#INTERVAL].
  public void start() {
    long millis = INTERVAL.toMillis();
    var _ = executor.scheduleWithFixedDelay(this::poll, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Looks once, and tells what changed.
  public synchronized void poll() {
    Set<Path> changed = new LinkedHashSet<>();
    Map<Path, Stamp> stamps = stamps();
    Set<Path> known = new LinkedHashSet<>(stamps.keySet());
    known.addAll(told.keySet());
    known.addAll(seen.keySet());
    for (Path path : known) {
      Stamp now = stamps.getOrDefault(path, Stamp.ABSENT);
      if (now.equals(told.getOrDefault(path, Stamp.ABSENT))) {
        seen.remove(path);
      } else if (now.equals(seen.put(path, now))) {
        remember(path, now);
        seen.remove(path);
        changed.add(path);
      }
    }
    if (!changed.isEmpty()) {
      tell(changed);
    }
  }

  private void remember(Path path, Stamp now) {
    if (now.exists()) {
      told.put(path, now);
    } else {
      told.remove(path);
    }
  }

  /// Ends the looking; a running callback may finish.
  @Override
  public void close() {
    executor.shutdownNow();
  }

  private void tell(Set<Path> changed) {
    try {
      onChange.accept(changed);
    } catch (RuntimeException | Error e) {
      LOG.error("Could not take over a change of {}", changed, e);
    }
  }

  private Map<Path, Stamp> stamps() {
    Map<Path, Stamp> stamps = new LinkedHashMap<>();
    for (Path path : paths.get()) {
      Stamp stamp = stamp(path);
      if (stamp.exists()) {
        stamps.put(path, stamp);
      }
    }
    return stamps;
  }

  private static Stamp stamp(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(
          attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), true);
    } catch (IOException e) {
      return Stamp.ABSENT;
    }
  }

  private record Stamp(long size, FileTime modified, @Nullable Object key, boolean exists) {
    static final Stamp ABSENT = new Stamp(0, FileTime.fromMillis(0), null, false);
  }
}
