package dev.memoryrouter.cli;

import dev.memoryrouter.retrieval.Progress;
import java.time.Duration;
import java.util.Locale;

/// Shows how far something long is: a bar on a terminal, a line now and then elsewhere.
final class ProgressLine implements Progress, AutoCloseable {
  private static final Duration BAR = Duration.ofMillis(50);
  private static final Duration LINES = Duration.ofSeconds(5);
  private static final int WIDTH = 30;

  private final String what;
  private final String units;
  private final Screen screen;
  private final long interval;
  private long shown = System.nanoTime();
  private boolean drawn;

  /// The line of a reindex.
  ProgressLine(String bank, Screen screen) {
    this(bank, "chunks", screen);
  }

  /// @param units what is counted
  ProgressLine(String what, String units, Screen screen) {
    this.what = what;
    this.units = units;
    this.screen = screen;
    this.interval = (screen.interactive() ? BAR : LINES).toNanos();
  }

  @Override
  public void at(int done, int total) {
    long now = System.nanoTime();
    if (now - shown < interval && done < total) {
      return;
    }
    if (screen.interactive()) {
      draw(done, total);
    } else if (now - shown >= interval) {
      screen.remark(count(done, total));
    }
    shown = now;
  }

  private void draw(int done, int total) {
    int filled = total == 0 ? WIDTH : (int) ((long) WIDTH * done / total);
    String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    screen.err().print("\r" + bar + " " + count(done, total) + "\u001B[K");
    screen.err().flush();
    drawn = true;
  }

  private String count(int done, int total) {
    return String.format(Locale.ROOT, "%s: %,d of %,d %s", what, done, total, units);
  }

  /// Takes the bar away; what was done is said elsewhere.
  @Override
  public void close() {
    if (drawn) {
      screen.err().print("\r\u001B[K");
      screen.err().flush();
    }
  }
}
