package dev.memoryrouter.app;

import dev.memoryrouter.api.LocalNames;
import dev.memoryrouter.api.OpenExchanges;
import dev.memoryrouter.chat.HttpSettings;
import dev.memoryrouter.chat.ServerSettings;
import dev.memoryrouter.chat.TurnRules;
import dev.memoryrouter.chat.TurnSettings;
import dev.memoryrouter.files.IndexLock;
import dev.memoryrouter.files.ServerAddress;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running server: takes the index's lock, binds, and brings the index up to date behind the
/// scenes.
final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final int LONGEST_REQUEST_LINE = 16 << 10;
  private static final Duration IDLE_SPARE = Duration.ofMinutes(1);

  private final Components components;
  private final IndexLock lock;
  private final EmbeddedServer http;
  private final ServerAddress address;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Server(
      Components components, IndexLock lock, EmbeddedServer http, ServerAddress address) {
    this.components = components;
    this.lock = lock;
    this.http = http;
    this.address = address;
  }

  /// Starts a server.
  ///
  /// @throws StartException when it cannot start, with what to do about it
  static Server start(Components components) {
    ServerSettings settings = components.configuration().server();
    refuseOpenPort(settings);
    Path store = settings.store().path();
    IndexLock lock = lock(store);
    boolean started = false;
    try {
      EmbeddedServer http = bind(components, settings.http());
      ServerAddress address =
          new ServerAddress(ProcessHandle.current().pid(), http.getURL().toString());
      address.write(store);
      Server server = new Server(components, lock, http, address);
      server.goOn();
      started = true;
      return server;
    } catch (IOException e) {
      throw unusable(store, e);
    } finally {
      if (!started) {
        components.close();
        release(lock);
      }
    }
  }

  /// Why a server cannot start, for the person who started it.
  static final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
      super(message);
    }
  }

  private static void refuseOpenPort(ServerSettings settings) {
    String host = settings.http().host();
    if (settings.apiKeys().isEmpty() && !LocalNames.isLoopback(host)) {
      throw new StartException(
          "APP_HOST is %s, which other machines can reach, but no API keys are set: set ROUTER_API_KEYS, or bind to 127.0.0.1."
              .formatted(host));
    }
  }

  private static IndexLock lock(Path store) {
    try {
      return IndexLock.tryAcquire(store).orElseThrow(() -> inUse(store));
    } catch (IOException e) {
      throw unusable(store, e);
    }
  }

  private static StartException unusable(Path store, IOException e) {
    return new StartException(
        "The index folder %s cannot be used: %s. Set VECTOR_STORE_PATH to a folder that can be written."
            .formatted(store, e.getMessage()));
  }

  private static StartException inUse(Path store) {
    return new StartException(
        "Another process uses the index in %s%s. Stop it, or set VECTOR_STORE_PATH to another folder."
            .formatted(store, owner(store)));
  }

  private static String owner(Path store) {
    try {
      return ServerAddress.read(store)
          .map(
              address -> ": the server %s (process %d)".formatted(address.baseUrl(), address.pid()))
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }

  private static void release(IndexLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("the index lock was not released cleanly: {}", e.getMessage());
    }
  }

  private static EmbeddedServer bind(Components components, HttpSettings settings) {
    ApplicationContext context =
        ApplicationContext.builder()
            .banner(false)
            .singletons(components)
            .properties(
                Map.of(
                    "micronaut.server.host", settings.host(),
                    "micronaut.server.port", settings.port(),
                    "micronaut.server.max-request-size", settings.bodyLimit(),
                    "micronaut.server.max-request-buffer-size", settings.bodyLimit(),
                    // A connection is silent while a model thinks about an answer without stream.
                    "micronaut.server.idle-timeout", settings.requestTimeout().plus(IDLE_SPARE),
                    "micronaut.server.netty.max-initial-line-length", LONGEST_REQUEST_LINE))
            .start();
    try {
      return context.getBean(EmbeddedServer.class).start();
    } catch (RuntimeException e) {
      context.close();
      throw isBindFailure(e)
          ? new StartException(
              "Port %d on %s is in use: stop the other program, or set APP_PORT."
                  .formatted(settings.port(), settings.host()))
          : e;
    }
  }

  private static boolean isBindFailure(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /// What need not be done before the first request.
  private void goOn() {
    components.reloading().onChange(next -> components.admission().configure(TurnRules.of(next)));
    // Last, because it may wait for the embedding model.
    components.reloading().onChange(components.setups()::take);
    components.reloading().start();
    Thread.ofVirtual()
        .name("prepare")
        .start(() -> {
          // First, so that words are found while the embedding model is loaded.
          components.startIndexing();
          components.setups().prepare();
        });
    if (queue().preload()) {
      Thread.ofVirtual()
          .name("preload")
          .start(() -> components.turns().preload(components.setups().get()));
    }
    LOG.info("serving on {}", http.getURL());
  }

  private TurnSettings queue() {
    return components.configuration().server().queue();
  }

  /// Base URL.
  String url() {
    return http.getURL().toString();
  }

  /// Its parts.
  Components components() {
    return components;
  }

  /// Refuses those who wait, and lets those who are answered end.
  private void drain() {
    components.admission().drain();
    Duration limit = queue().drainLimit();
    try {
      int late = http.getApplicationContext().getBean(OpenExchanges.class).end(limit);
      if (late > 0) {
        LOG.warn("{} answers were ended after {} s of drain", late, limit.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  void awaitStop() throws InterruptedException {
    stopped.await();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    drain();
    http.getApplicationContext().close();
    components.close();
    try {
      address.remove(components.configuration().server().store().path());
    } catch (IOException e) {
      LOG.warn("server.json was not removed: {}", e.getMessage());
    }
    release(lock);
    stopped.countDown();
  }
}
