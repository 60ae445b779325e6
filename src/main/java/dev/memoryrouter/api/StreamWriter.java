package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.UpstreamFailure;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// An answer as server-sent events. The status line is held back for a while, so that an early
/// failure still gets its status; then 200 leaves, and comments keep the connection alive until the
/// first payload.
final class StreamWriter implements AnswerWriter {
  private final Plan plan;
  private final Waiting waiting;
  private final boolean includeUsage;
  private final ByteStream body;
  private final ChunkWriter chunks;
  private final CompletableFuture<Head> head = new CompletableFuture<>();
  private final CountDownLatch payloadBegun = new CountDownLatch(1);
  private boolean ended;

  /// How long to wait for what.
  ///
  /// @param hold for which the status line may still be held back
  /// @param keepAlive interval of comments
  /// @param comment what to say then
  record Waiting(Duration hold, Duration keepAlive, Supplier<String> comment) {}

  /// What the status line and headers say.
  private sealed interface Head {
    record Begun(Map<String, String> headers) implements Head {}

    record Failed(ApiError error) implements Head {}

    /// The hold ended first.
    record Early() implements Head {}
  }

  StreamWriter(
      AnswerIdentity identity, Plan plan, boolean includeUsage, Waiting waiting, ByteStream body) {
    this.plan = plan;
    this.waiting = waiting;
    this.includeUsage = includeUsage;
    this.body = body;
    chunks = AnswerForm.of(plan.purpose()).chunks(identity);
  }

  @Override
  public void begin(Served served) throws InterruptedException {
    boolean late = !head.complete(new Head.Begun(RouterHeaders.of(plan, served)));
    payloadBegun.countDown();
    if (late && changed(served)) {
      send(ChunkWriter.comment(lateChange(served)));
    }
  }

  private boolean changed(Served served) {
    Served expected = plan.expected();
    return !served.model().equals(expected.model())
        || !served.degraded().equals(expected.degraded())
        || served.attempts().size() > 1;
  }

  private static String lateChange(Served served) {
    return "router model=%s attempts=%d degraded=%s"
        .formatted(
            served.model(),
            served.attempts().size(),
            served.degraded().isEmpty() ? "none" : RouterHeaders.degraded(served.degraded()));
  }

  @Override
  public void event(ChatEvent event, Completion completion, ObjectNode usage)
      throws InterruptedException {
    switch (event) {
      case ChatEvent.Text(String text) -> send(chunks.text(text));
      case ChatEvent.Reasoning(String text) -> send(chunks.reasoning(text));
      case ChatEvent.ToolCallStart start -> send(chunks.toolCallStart(start));
      case ChatEvent.ToolCallArguments arguments -> send(chunks.toolCallArguments(arguments));
      case ChatEvent.Usage counted -> tellOfCut(counted);
      case ChatEvent.Finish(FinishReason reason, _) -> finish(reason, usage);
      case ChatEvent.Failure(UpstreamFailure failure) -> {
        send(ChunkWriter.error(RefusalErrors.of(failure)));
        ended = true;
      }
    }
  }

  /// The words are out already: all that is left is to say what they rest on.
  private void tellOfCut(ChatEvent.Usage counted) throws InterruptedException {
    if (counted.promptCut()) {
      send(ChunkWriter.comment("router degraded=truncated=prompt-cut"));
    }
  }

  private void finish(FinishReason reason, ObjectNode usage) throws InterruptedException {
    send(chunks.finish(reason));
    ended = true;
    if (includeUsage) {
      send(chunks.usage(usage));
    }
    send(ChunkWriter.done());
  }

  private void send(byte[] bytes) throws InterruptedException {
    if (bytes.length > 0 && !body.write(bytes)) {
      throw new InterruptedException("the client left");
    }
  }

  @Override
  public void fail(ApiError error) {
    // A stream ends once: what fails after its finish is only logged.
    if (!head.complete(new Head.Failed(error)) && !ended) {
      ended = true;
      payloadBegun.countDown();
      body.writeLast(ChunkWriter.error(error));
    }
  }

  @Override
  public void end() {
    head.complete(new Head.Failed(ApiError.internal()));
    payloadBegun.countDown();
    body.complete();
  }

  @Override
  public MutableHttpResponse<?> response() throws InterruptedException {
    return switch (head()) {
      case Head.Begun(Map<String, String> headers) -> stream(headers);
      case Head.Failed(ApiError error) -> ErrorResponses.response(error);
      case Head.Early _ -> {
        Thread.ofVirtual().name("keep-alive").start(this::keepAlive);
        yield stream(RouterHeaders.of(plan, plan.expected()));
      }
    };
  }

  private Head head() throws InterruptedException {
    try {
      return head.get(Math.max(1, waiting.hold().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // Whoever completes it first decides; the other sees the result.
      head.complete(new Head.Early());
      return head.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private MutableHttpResponse<?> stream(Map<String, String> headers) {
    MutableHttpResponse<?> response =
        HttpResponse.ok(body)
            .contentType(MediaType.TEXT_EVENT_STREAM_TYPE)
            .header("cache-control", "no-cache");
    headers.forEach(response::header);
    return response;
  }

  private void keepAlive() {
    try {
      while (!payloadBegun.await(waiting.keepAlive().toMillis(), TimeUnit.MILLISECONDS)) {
        if (!body.write(ChunkWriter.comment(waiting.comment().get()))) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
