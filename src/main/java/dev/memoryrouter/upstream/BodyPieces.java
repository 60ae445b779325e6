package dev.memoryrouter.upstream;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The body of a response as it arrives, read by one thread with a time limit for each piece. Asks
/// for the next piece only when the last one was taken, so that a slow reader slows the sender
/// down. Closing it before the end closes the connection.
final class BodyPieces implements HttpResponse.BodySubscriber<BodyPieces>, AutoCloseable {
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private final Runnable whole;
  private volatile boolean closed;

  private sealed interface Arrival {
    record Bytes(List<ByteBuffer> buffers) implements Arrival {}

    record End() implements Arrival {}

    record Lost(Throwable cause) implements Arrival {}
  }

  /// A body that has not begun.
  ///
  /// @param whole told when the body came to its end, after which its connection can be used again
  BodyPieces(Runnable whole) {
    this.whole = whole;
  }

  /// The next bytes, or null at the end.
  ///
  /// @throws TimeoutException when nothing came in time
  /// @throws IOException when the connection was lost or this was closed
  byte @Nullable [] next(Duration limit)
      throws InterruptedException, TimeoutException, IOException {
    @Nullable Arrival arrival = arrivals.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    return switch (arrival) {
      case null -> throw new TimeoutException();
      case Arrival.Bytes(var buffers) -> {
        requestMore();
        yield join(buffers);
      }
      case Arrival.End _ -> null;
      case Arrival.Lost(var cause) -> throw new IOException(cause);
    };
  }

  /// Closes this, after a moment for the end that is due: the connection of a body that was read to
  /// its end can be used again.
  void closeAtEnd(Duration moment) throws InterruptedException {
    long started = System.nanoTime();
    try {
      Duration left = moment;
      // What follows a complete answer is of no interest, and may have no end.
      while (left.isPositive() && next(left) != null) {
        left = moment.minusNanos(System.nanoTime() - started);
      }
    } catch (TimeoutException | IOException _) {
      // Then it is closed before its end.
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription current = subscription;
    if (current != null) {
      current.cancel();
    }
    arrivals.add(new Arrival.Lost(new IOException("closed")));
  }

  @Override
  public CompletionStage<BodyPieces> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    // Looked at after the field was set: close() may run between the two.
    if (closed) {
      newSubscription.cancel();
    } else {
      newSubscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrivals.add(new Arrival.Bytes(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    arrivals.add(new Arrival.Lost(cause));
  }

  @Override
  public void onComplete() {
    whole.run();
    arrivals.add(new Arrival.End());
  }

  private void requestMore() {
    Flow.Subscription current = subscription;
    if (current != null && !closed) {
      current.request(1);
    }
  }

  private static byte[] join(List<ByteBuffer> buffers) {
    byte[] all = new byte[buffers.stream().mapToInt(ByteBuffer::remaining).sum()];
    int at = 0;
    for (ByteBuffer buffer : buffers) {
      int length = buffer.remaining();
      buffer.get(all, at, length);
      at += length;
    }
    return all;
  }
}
