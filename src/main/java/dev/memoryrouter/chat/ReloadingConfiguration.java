package dev.memoryrouter.chat;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.FilePoller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configuration in force. It follows its files: an edit is taken over as a whole when all of
/// it is valid, else the last good one stays and [#problem] says why. Thread-safe.
public final class ReloadingConfiguration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadingConfiguration.class);

  private final Path configDir;
  private final Supplier<Configuration> loader;
  private final FilePoller poller;
  private final List<Consumer<Configuration>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger reloads = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile Configuration current;
  private volatile @Nullable String problem;
  private volatile @Nullable String notice;

  /// Loads the configuration.
  ///
  /// @throws ConfigException when it is not valid
  public ReloadingConfiguration(
      ConfigurationLoader loader, Path configDir, Environment environment) {
    this(configDir, () -> loader.load(configDir, environment));
  }

  ReloadingConfiguration(Path configDir, Supplier<Configuration> loader) {
    this.configDir = configDir;
    this.loader = loader;
    // Before the first load, so that an edit during it is seen.
    this.poller = new FilePoller(ConfigurationLoader.files(configDir), _ -> reload());
    this.current = loader.get();
  }

  /// Starts following the files.
  public void start() {
    poller.start();
  }

  /// Looks at the files once.
  void poll() {
    poller.poll();
  }

  /// The configuration in force. A request takes it once and keeps it.
  public Configuration current() {
    return current;
  }

  /// Why the files as they are now are not in force; empty when they are.
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Which edits wait for a restart; empty when none do.
  public Optional<String> notice() {
    return Optional.ofNullable(notice);
  }

  /// How many edits were taken over, by all parts of the server.
  public int reloads() {
    return reloads.get();
  }

  /// How many edits were refused.
  public int refusedReloads() {
    return refused.get();
  }

  /// Is told each new configuration once it is in force.
  public void onChange(Consumer<Configuration> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    poller.close();
  }

  private void reload() {
    Configuration loaded;
    try {
      loaded = loader.get();
    } catch (ConfigException e) {
      refuse(String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException | Error e) {
      // Whatever an edit does to its reader, it is not in force, and this must not stay unseen.
      LOG.error("Reading {} failed", configDir, e);
      refuse(configDir + " could not be read: " + e);
      return;
    }
    Configuration next = loaded.withServer(untilRestart(loaded.server()));
    current = next;
    problem = null;
    next.warnings().forEach(warning -> LOG.warn("{}", warning));
    listeners.forEach(listener -> tell(listener, next));
    reloads.incrementAndGet();
    LOG.info("Configuration reloaded from {}", configDir);
  }

  private void refuse(String why) {
    refused.incrementAndGet();
    problem = why;
    LOG.error("Configuration not reloaded, the last good one stays:\n{}", why);
  }

  /// What is bound or opened at the start stays as it is.
  private ServerSettings untilRestart(ServerSettings loaded) {
    ServerSettings old = current.server();
    List<String> waiting = new ArrayList<>();
    if (!loaded.http().equals(old.http())) {
      waiting.add("http");
    }
    if (!loaded.store().equals(old.store())) {
      waiting.add("store");
    }
    if (!loaded.embedding().equals(old.embedding())) {
      waiting.add("embedding");
    }
    notice =
        waiting.isEmpty()
            ? null
            : ConfigurationLoader.SERVER
                + ": changes of "
                + String.join(", ", waiting)
                + " need a restart; the old values stay in force until then";
    if (notice != null) {
      LOG.warn("{}", notice);
    }
    return new ServerSettings(
        loaded.banks(),
        old.store(),
        old.embedding(),
        loaded.memory(),
        old.http(),
        loaded.queue(),
        loaded.compaction(),
        loaded.maxTokenLimit(),
        loaded.apiKeys(),
        loaded.modelCacheDir());
  }

  private static void tell(Consumer<Configuration> listener, Configuration next) {
    try {
      listener.accept(next);
    } catch (RuntimeException e) {
      LOG.error("A part of the server could not take over the new configuration", e);
    }
  }
}
