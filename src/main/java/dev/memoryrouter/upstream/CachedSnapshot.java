package dev.memoryrouter.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The newest snapshot of one upstream. All who find it out of date share one question to the
/// upstream, asked on a thread of its own: a caller that leaves does not end it.
final class CachedSnapshot {
  private static final Logger LOG = LoggerFactory.getLogger(CachedSnapshot.class);
  private static final Duration REACHABLE = Duration.ofSeconds(5);
  private static final Duration UNREACHABLE = Duration.ofSeconds(2);

  /// A local upstream answers within milliseconds. Whoever waits that long gets fresh facts nearly
  /// always and is hardly held up by one that hangs: the wait counts from the question, however
  /// often and whoever looks.
  private static final Duration MOMENT = Duration.ofMillis(250);

  private final String name;
  private final ModelClient client;
  private final InstantSource clock;
  private @Nullable UpstreamSnapshot snapshot;
  private Instant expires = Instant.MIN;
  private @Nullable CompletableFuture<UpstreamSnapshot> question;
  private Instant askedAt = Instant.MIN;

  /// Whether something happened since the running question was asked.
  private boolean outdated;

  CachedSnapshot(String name, ModelClient client, InstantSource clock) {
    this.name = name;
    this.client = client;
    this.clock = clock;
  }

  UpstreamSnapshot current() {
    CompletableFuture<UpstreamSnapshot> asked;
    UpstreamSnapshot last;
    Duration moment;
    synchronized (this) {
      last = snapshot;
      if (last != null && clock.instant().isBefore(expires)) {
        return last;
      }
      asked = ask();
      moment = MOMENT.minus(Duration.between(askedAt, clock.instant()));
    }
    if (last != null && !moment.isPositive()) {
      return last;
    }
    try {
      return last == null
          ? asked.get()
          : asked.completeOnTimeout(last, moment.toMillis(), TimeUnit.MILLISECONDS).get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return last != null ? last : UpstreamSnapshot.unreachable("the request was cancelled");
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking upstream " + name, e);
    }
  }

  synchronized void refresh() {
    expires = Instant.MIN;
    if (question == null) {
      start(new CompletableFuture<>());
    } else {
      outdated = true;
    }
  }

  /// The running question, or a new one; each caller has a view of its own that it may complete.
  private CompletableFuture<UpstreamSnapshot> ask() {
    CompletableFuture<UpstreamSnapshot> asked = question;
    if (asked == null) {
      asked = new CompletableFuture<>();
      start(asked);
    }
    return asked.copy();
  }

  private void start(CompletableFuture<UpstreamSnapshot> asked) {
    question = asked;
    askedAt = clock.instant();
    outdated = false;
    Thread.ofVirtual().name("inspect-" + name).start(this::inspect);
  }

  private void inspect() {
    UpstreamSnapshot found;
    try {
      found = client.inspect();
    } catch (InterruptedException _) {
      found = UpstreamSnapshot.unreachable("the question was cancelled");
    } catch (RuntimeException e) {
      LOG.warn("Asking upstream {} failed", name, e);
      found = UpstreamSnapshot.unreachable("upstream '" + name + "' was not understood: " + e);
    }
    finish(found);
  }

  private void finish(UpstreamSnapshot found) {
    CompletableFuture<UpstreamSnapshot> asked;
    synchronized (this) {
      report(found);
      snapshot = found;
      Duration age = found.reachable() ? REACHABLE : UNREACHABLE;
      expires = outdated ? Instant.MIN : clock.instant().plus(age);
      asked = question;
      question = null;
    }
    if (asked != null) {
      asked.complete(found);
    }
  }

  private void report(UpstreamSnapshot found) {
    @Nullable UpstreamSnapshot last = snapshot;
    boolean was = last == null || last.reachable();
    if (was && !found.reachable()) {
      LOG.warn("Upstream {}: {}", name, found.problem());
    } else if (!was && found.reachable()) {
      LOG.info("Upstream {} is reachable again", name);
    }
  }
}
