package dev.memoryrouter.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes decisions to a file, a line each, while `record: true` holds. A thread of its own does
/// it; when that falls behind, decisions are left out rather than requests held up. A full file
/// becomes `decisions.1.jsonl`, whose predecessor is deleted, so that both take at most 16 MB.
public final class Recording implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);
  private static final String NAME = "decisions.jsonl";
  private static final String FULL = "decisions.1.jsonl";
  private static final int MOST_WAITING = 500;

  /// What is needed of a plan, whose request may be megabytes.
  private record Made(Setup setup, RouteQuestion question, Route route, String time) {}

  private final Path folder;
  private final long maxBytes;
  private final InstantSource clock;
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("recording").factory());
  private boolean announced;
  private boolean failing;

  public Recording(Path folder, InstantSource clock) {
    this(folder, 8L << 20, clock);
  }

  /// @param maxBytes of each of the two files
  Recording(Path folder, long maxBytes, InstantSource clock) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /// Records a decision if the configuration that it was made with says so. One for which keywords
  /// alone told the intent is left out: a replay, which knows the examples, would show a change
  /// where none is.
  void add(Plan plan) {
    if (!plan.setup().configuration().routing().record() || plan.route().intent().provisional()) {
      return;
    }
    Made made = new Made(plan.setup(), plan.question(), plan.route(), clock.instant().toString());
    try {
      writer.execute(() -> write(made));
    } catch (RejectedExecutionException _) {
      LOG.debug("a decision is not recorded: {} wait already", MOST_WAITING);
    }
  }

  /// Waits until all decisions are written.
  @Override
  public void close() {
    writer.close();
  }

  private void write(Made made) {
    try {
      append(decision(made).line() + '\n');
      failing = false;
    } catch (IOException | RuntimeException e) {
      if (!failing) {
        failing = true;
        LOG.warn("decisions cannot be recorded in {}: {}", folder, e.toString());
      }
    }
  }

  /// Found anew from what is recorded, so that a replay with the same configuration changes
  /// nothing.
  private static RecordedDecision decision(Made made) {
    RouteQuestion question =
        RecordedDecision.redacted(made.question(), made.setup().configuration().routing());
    Route route =
        question.equals(made.question()) ? made.route() : made.setup().routes().route(question);
    return new RecordedDecision(made.time(), question, route.model(), route.rule());
  }

  private void append(String line) throws IOException {
    byte[] bytes = line.getBytes(UTF_8);
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      create(file);
    } else if (Files.size(file) + bytes.length > maxBytes) {
      Files.move(file, folder.resolve(FULL), StandardCopyOption.REPLACE_EXISTING);
      create(file);
    }
    Files.write(file, bytes, StandardOpenOption.APPEND);
    if (!announced) {
      announced = true;
      LOG.info("recording decisions with the words that led to them in {}", file);
    }
  }

  /// What people said is for the eyes of the user alone.
  private void create(Path file) throws IOException {
    Files.createDirectories(folder);
    Files.createFile(file);
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }
}
