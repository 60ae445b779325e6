package dev.memoryrouter.admission;

import java.util.concurrent.atomic.AtomicBoolean;

/// One turn on a model. It ends once: of several calls the first counts. Thread-safe.
public final class Permit implements AutoCloseable {
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final End end;

  /// What happens when it ends.
  interface End {
    void ended(Outcome outcome, boolean toBeContinued);
  }

  Permit(End end) {
    this.end = end;
  }

  /// The model answered to the end.
  ///
  /// @param toBeContinued whether the answer ended in a tool call: the slot is kept for a moment
  public void success(boolean toBeContinued) {
    end(Outcome.SUCCESS, toBeContinued);
  }

  /// The upstream failed.
  public void dropped() {
    end(Outcome.DROPPED, false);
  }

  /// The turn tells nothing about the model; without effect when it ended before.
  @Override
  public void close() {
    end(Outcome.IGNORED, false);
  }

  private void end(Outcome outcome, boolean toBeContinued) {
    if (open.compareAndSet(true, false)) {
      end.ended(outcome, toBeContinued);
    }
  }
}
