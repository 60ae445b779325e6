package dev.memoryrouter.api;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// A response body that one thread writes and the server's event loop sends. The writer blocks when
/// the client reads slowly, so that no more than [#MOST_WAITING] pieces wait in memory. One
/// subscriber.
final class ByteStream implements Publisher<byte[]> {
  private static final int MOST_WAITING = 64;

  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private final Runnable whenClientLeaves;
  private @Nullable Subscriber<? super byte[]> subscriber;
  private long demand;
  private boolean complete;
  private boolean cancelled;
  private boolean draining;
  private boolean done;

  /// @param whenClientLeaves runs once when the client is gone before the end
  ByteStream(Runnable whenClientLeaves) {
    this.whenClientLeaves = whenClientLeaves;
  }

  /// Sends bytes, in order; blocks while too many wait.
  ///
  /// @return false when the client is gone or the body has ended
  boolean write(byte[] bytes) throws InterruptedException {
    synchronized (this) {
      while (waiting.size() >= MOST_WAITING && !cancelled) {
        wait();
      }
      if (cancelled || complete) {
        return false;
      }
      waiting.add(bytes);
    }
    drain();
    return true;
  }

  /// Sends bytes unless others wait, which keep the connection alive as well; never blocks.
  void writeIfIdle(byte[] bytes) {
    synchronized (this) {
      if (cancelled || complete || !waiting.isEmpty()) {
        return;
      }
      waiting.add(bytes);
    }
    drain();
  }

  /// Sends bytes even when too many wait or the thread was interrupted: the last word of a stream
  /// that breaks off.
  void writeLast(byte[] bytes) {
    synchronized (this) {
      if (cancelled || complete) {
        return;
      }
      waiting.add(bytes);
    }
    drain();
  }

  /// Ends the body after what was written; further calls do nothing.
  void complete() {
    synchronized (this) {
      complete = true;
    }
    drain();
  }

  @Override
  public void subscribe(Subscriber<? super byte[]> newSubscriber) {
    newSubscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long n) {
            demand(newSubscriber, n);
          }

          @Override
          public void cancel() {
            ByteStream.this.cancel();
          }
        });
  }

  private void demand(Subscriber<? super byte[]> from, long n) {
    synchronized (this) {
      subscriber = from;
      demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
    }
    drain();
  }

  private void cancel() {
    synchronized (this) {
      if (cancelled || (complete && waiting.isEmpty())) {
        return;
      }
      cancelled = true;
      waiting.clear();
      notifyAll();
    }
    whenClientLeaves.run();
  }

  /// Hands over as much as was asked for. Only one thread drains at a time: signals must not
  /// overlap, and a subscriber may ask for more from within a signal.
  private void drain() {
    synchronized (this) {
      if (draining) {
        return;
      }
      draining = true;
    }
    while (true) {
      byte[] next;
      Subscriber<? super byte[]> target;
      synchronized (this) {
        target = subscriber;
        next = target != null && demand > 0 && !cancelled ? waiting.poll() : null;
        if (target == null || next == null) {
          draining = false;
          if (target == null || !complete || cancelled || done || !waiting.isEmpty()) {
            return;
          }
          done = true;
        } else {
          demand--;
          notifyAll();
        }
      }
      if (next == null) {
        target.onComplete();
        return;
      }
      target.onNext(next);
    }
  }
}
