package dev.memoryrouter.api;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.chat.Answer;
import dev.memoryrouter.chat.Attempt;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Delivery;
import dev.memoryrouter.chat.HttpSettings;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.chat.Refusal;
import dev.memoryrouter.chat.Terms;
import dev.memoryrouter.metrics.Meters;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.UpstreamFailure;
import io.micronaut.http.MutableHttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One chat request from plan to last byte. A worker on a virtual thread carries the plan out while
/// the request's own thread waits for a response to give. A client that leaves, or the request's
/// time limit, interrupts the worker, and that ends the upstream call.
final class ChatExchange {
  private static final Logger LOG = LoggerFactory.getLogger(ChatExchange.class);

  private final ChatPipeline pipeline;
  private final HttpSettings settings;
  private final Incoming incoming;
  private final Plan plan;
  private final ExchangeRecord record;
  private final AnswerUsage usage;
  private final Meters meters;
  private final Admission admission;
  private final OpenExchanges open;
  private final AnswerWriter writer;
  private final Thread worker;
  private final Completion completion = new Completion();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Ending ending = Ending.CLIENT_LEFT;

  /// Why the worker is interrupted.
  private enum Ending {
    CLIENT_LEFT,
    TIMED_OUT,
    SUPERSEDED,
    SERVER_STOPS
  }

  /// A request as it came in.
  ///
  /// @param id of the request, also sent as `x-request-id`
  /// @param priority class that the client asked for; null when it did not
  /// @param arrival in `System.nanoTime`
  /// @param created in seconds since 1970
  record Incoming(
      String id, ParsedChat chat, @Nullable PriorityClass priority, long arrival, long created) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - arrival);
    }
  }

  /// What exchanges share.
  ///
  /// @param counting tokens of a text by the named tokenizer
  record Tools(
      ToIntBiFunction<String, String> counting,
      RequestLog log,
      Meters meters,
      Admission admission,
      OpenExchanges open) {}

  ChatExchange(
      ChatPipeline pipeline, HttpSettings settings, Incoming incoming, Plan plan, Tools tools) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.incoming = incoming;
    this.plan = plan;
    meters = tools.meters();
    admission = tools.admission();
    open = tools.open();
    record = new ExchangeRecord(incoming, plan, tools.log());
    usage = new AnswerUsage(plan, tools.counting());
    worker = Thread.ofVirtual().name("chat-" + incoming.id()).unstarted(this::work);
    writer = writer();
  }

  private AnswerWriter writer() {
    AnswerIdentity identity =
        new AnswerIdentity(
            AnswerForm.of(plan.purpose()).id(incoming.id()),
            incoming.created(),
            incoming.chat().request().model());
    if (!incoming.chat().stream()) {
      return new BufferWriter(identity, plan);
    }
    Duration hold = settings.statusHold().minus(incoming.age());
    return new StreamWriter(
        identity,
        plan,
        incoming.chat().includeUsage(),
        new StreamWriter.Waiting(
            hold, settings.keepAlive(), () -> QueueComment.of(admission.place(incoming.id()))),
        new ByteStream(worker::interrupt));
  }

  /// Ends the exchange because the client is gone.
  void clientLeft() {
    worker.interrupt();
  }

  /// Ends the exchange because a retry of the same turn takes its place.
  void superseded() {
    ending = Ending.SUPERSEDED;
    worker.interrupt();
  }

  /// Ends the exchange because the server waits no longer for its end.
  void serverStops() {
    ending = Ending.SERVER_STOPS;
    worker.interrupt();
  }

  /// Runs when the exchange is over, however it ended.
  void whenEnded(Runnable action) {
    var _ = ended.whenComplete((_, _) -> action.run());
  }

  /// Starts the work and waits for a response to give.
  MutableHttpResponse<?> respond() throws InterruptedException {
    startTimeLimit();
    open.add(this);
    worker.start();
    return writer.response();
  }

  private void startTimeLimit() {
    long left = Math.max(1, settings.requestTimeout().minus(incoming.age()).toMillis());
    CompletableFuture<Void> limit =
        new CompletableFuture<Void>().orTimeout(left, TimeUnit.MILLISECONDS);
    var _ =
        limit.exceptionally(_ -> {
          ending = Ending.TIMED_OUT;
          worker.interrupt();
          return null;
        });
    var _ = ended.whenComplete((_, _) -> limit.complete(null));
  }

  private void work() {
    try {
      switch (pipeline.answer(plan, terms())) {
        case Answer.Refused(Refusal refusal, List<Attempt> attempts) -> {
          record.attempts(attempts);
          fail(RefusalErrors.of(refusal));
        }
        case Answer.Streaming(Answer.Served served, ChatStream stream) -> relay(served, stream);
      }
    } catch (InterruptedException _) {
      interrupted();
    } catch (RuntimeException | Error e) {
      // An error must not leave a stream that ends as if it were complete.
      LOG.error("request {} failed", incoming.id(), e);
      fail(ApiError.internal());
    } finally {
      record.finish(completion);
      meters.chatEnded(record.model(), record.outcomeKind(), incoming.age());
      writer.end();
      ended.complete(null);
    }
  }

  private Terms terms() {
    return new Terms(
        incoming.id(),
        incoming.chat().stream() ? Delivery.STREAMED : Delivery.WHOLE,
        settings.requestTimeout().minus(incoming.age()),
        incoming.priority());
  }

  private void relay(Answer.Served served, ChatStream stream) throws InterruptedException {
    try (stream) {
      record.served(served);
      writer.begin(served);
      while (!completion.ended()) {
        ChatEvent event = stream.next();
        completion.add(event);
        if (completion.ended()) {
          record.outcome(outcome());
        }
        writer.event(event, completion, usage.of(served, completion));
      }
    }
  }

  private String outcome() {
    UpstreamFailure failure = completion.failure();
    return failure == null ? "answered" : "failed: " + failure.message();
  }

  private void interrupted() {
    switch (ending) {
      case CLIENT_LEFT -> record.outcome("client-left");
      case TIMED_OUT -> fail(timeLimit());
      case SUPERSEDED -> fail(ApiError.superseded());
      case SERVER_STOPS -> fail(ApiError.stopping());
    }
  }

  private void fail(ApiError error) {
    record.outcome("failed: " + error.message());
    writer.fail(error);
  }

  private ApiError timeLimit() {
    return new ApiError(
        504,
        "server_error",
        "request_timeout",
        null,
        "The request took longer than the %d seconds that http.request-timeout in server.yaml allows."
            .formatted(settings.requestTimeout().toSeconds()),
        null);
  }
}
