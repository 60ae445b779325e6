package dev.memoryrouter.upstream;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// An answer that is read from an upstream while it arrives.
///
/// The first-byte limit holds until the model begins to answer, because some servers send headers
/// and keep-alives before they evaluate the prompt; the idle limit holds from then on.
final class AnswerStream implements ChatStream {
  /// What follows a finish is usage at most: a server that hangs then does not hold the answer up.
  private static final Duration AFTER_FINISH = Duration.ofSeconds(5);

  private static final Duration LAST_BYTES = Duration.ofMillis(50);

  private final BodyPieces body;
  private final AnswerLines format;
  private final AnswerEvents events;
  private final Limits limits;
  private final LineSplitter lines = new LineSplitter();
  private long lastData;
  private boolean ended;

  /// @param started [System#nanoTime] when the request was sent
  record Limits(long started, Duration firstByte, Duration idle) {}

  AnswerStream(BodyPieces body, AnswerLines format, AnswerEvents events, Limits limits) {
    this.body = body;
    this.format = format;
    this.events = events;
    this.limits = limits;
    this.lastData = limits.started();
  }

  @Override
  public ChatEvent next() throws InterruptedException {
    if (ended) {
      throw new IllegalStateException("the stream has ended");
    }
    @Nullable ChatEvent event = events.poll();
    while (event == null) {
      read();
      event = events.poll();
    }
    if (event instanceof ChatEvent.Finish) {
      ended = true;
      body.closeAtEnd(LAST_BYTES);
    } else if (event instanceof ChatEvent.Failure) {
      ended = true;
      close();
    }
    return event;
  }

  @Override
  public void close() {
    body.close();
  }

  private void read() throws InterruptedException {
    try {
      byte @Nullable [] piece = body.next(timeLeft());
      if (piece == null) {
        lines.end(this::accept);
        format.end(events);
        events.complete();
      } else {
        lines.accept(piece, this::accept);
      }
    } catch (TimeoutException _) {
      events.fail(new UpstreamFailure.TimedOut(silence()));
    } catch (LineSplitter.TooLong e) {
      events.fail(new UpstreamFailure.Broken(events.who() + " sent " + e.getMessage() + "."));
    } catch (IOException _) {
      events.fail(
          new UpstreamFailure.Broken(
              events.who() + " lost its connection in the middle of an answer."));
    } catch (InterruptedException e) {
      close();
      throw e;
    }
  }

  private void accept(String line) {
    boolean finished = events.finished();
    if (!events.over() && format.line(line, events) && !finished) {
      lastData = System.nanoTime();
    }
  }

  private Duration timeLeft() {
    long since = events.started() || events.finished() ? lastData : limits.started();
    Duration left = limit().minusNanos(System.nanoTime() - since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration limit() {
    if (events.finished()) {
      return AFTER_FINISH;
    }
    return events.started() ? limits.idle() : limits.firstByte();
  }

  private String silence() {
    String limit = events.started() ? "idle-timeout" : "first-byte-timeout";
    return events.who() + " sent nothing for " + HttpCalls.seconds(limit()) + " (" + limit + ").";
  }
}
