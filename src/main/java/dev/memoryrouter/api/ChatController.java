package dev.memoryrouter.api;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.chat.Planned;
import dev.memoryrouter.chat.Purpose;
import dev.memoryrouter.chat.Refusal;
import dev.memoryrouter.chat.ServerSettings;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.metrics.Meters;
import dev.memoryrouter.prompt.PromptCounter;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Chat completions and legacy completions, and the account of how they came about.
@Controller
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChatController {
  private final ChatPipeline pipeline;
  private final Setups setup;
  private final PromptCounter counter;
  private final RequestLog log;
  private final InstantSource clock;
  private final Meters meters;
  private final RunningChats running;
  private final Admission admission;
  private final OpenExchanges open;

  ChatController(
      ChatPipeline pipeline,
      Setups setup,
      PromptCounter counter,
      RequestLog log,
      InstantSource clock,
      Meters meters,
      RunningChats running,
      Admission admission,
      OpenExchanges open) {
    this.pipeline = pipeline;
    this.setup = setup;
    this.counter = counter;
    this.log = log;
    this.clock = clock;
    this.meters = meters;
    this.running = running;
    this.admission = admission;
    this.open = open;
  }

  /// OpenAI's chat completion, streamed or not.
  @Post(
      uris = {"/v1/chat/completions", "/chat/completions"},
      consumes = MediaType.ALL)
  @Endpoint(
      summary = "OpenAI's chat completion, streamed or not.",
      body = "ChatRequest",
      answer = "ChatCompletion")
  HttpResponse<?> chat(HttpRequest<?> request) throws InterruptedException {
    return answer(Purpose.CHAT, request, ChatRequestReader::read);
  }

  /// OpenAI's legacy completion, streamed or not: the prompt alone, without memory.
  @Post(
      uris = {"/v1/completions", "/completions"},
      consumes = MediaType.ALL)
  @Endpoint(
      summary = "OpenAI's legacy completion of one text, streamed or not; no memory is added.",
      body = "CompletionRequest",
      answer = "TextCompletion")
  HttpResponse<?> complete(HttpRequest<?> request) throws InterruptedException {
    return answer(Purpose.COMPLETION, request, CompletionRequestReader::read);
  }

  private HttpResponse<?> answer(
      Purpose purpose, HttpRequest<?> request, Function<byte[], ParsedChat> reader)
      throws InterruptedException {
    long arrival = System.nanoTime();
    byte[] body = Requests.body(request);
    if (!Requests.clientIsThere(request)) {
      // Many that gave up waiting must not hold up those who still wait.
      return ErrorResponses.response(ApiError.clientLeft());
    }
    ParsedChat chat = reader.apply(body);
    ServerSettings server = setup.get().configuration().server();
    PriorityClass priority = PriorityHeader.read(request, server.queue().priorityHeader());
    long read = System.nanoTime();
    Plan plan = plan(purpose, chat, request);
    meters.chatPlanned(Duration.ofNanos(System.nanoTime() - read));
    ChatExchange exchange =
        new ChatExchange(
            pipeline,
            server.http(),
            new ChatExchange.Incoming(
                Requests.id(request), chat, priority, arrival, clock.instant().getEpochSecond()),
            plan,
            new ChatExchange.Tools(counter::text, log, meters, admission, open));
    Runnable stopWatching = Requests.whenClientLeaves(request, exchange::clientLeft);
    exchange.whenEnded(stopWatching);
    exchange.whenEnded(running.enter(request, body, exchange::superseded));
    HttpResponse<?> response = exchange.respond();
    // Micronaut fails on a streamed response to a client that is gone, and warns of it.
    return Requests.clientIsThere(request)
        ? response
        : ErrorResponses.response(ApiError.clientLeft());
  }

  /// The decision for a chat request, without calling a model.
  @Post(value = "/v1/router/explain", consumes = MediaType.ALL)
  @Endpoint(
      summary = "The decision for a chat request; no model is called.",
      body = "ChatRequest",
      answer = "Explanation")
  HttpResponse<?> explain(HttpRequest<?> request) {
    ParsedChat chat = ChatRequestReader.read(Requests.body(request));
    return Replies.json(Explanation.of(plan(Purpose.CHAT, chat, request)));
  }

  /// What was decided and done for the last requests, newest first.
  @Get("/v1/router/requests")
  @Endpoint(
      summary = "What was decided and done for the last 200 requests, newest first.",
      answer = "RequestList")
  HttpResponse<?> requests() {
    ObjectNode list = Json.object().put("object", "list");
    list.putArray("data").addAll(log.all());
    return Replies.json(list);
  }

  /// What was decided and done for one of the last requests.
  @Get("/v1/router/requests/{id}")
  @Endpoint(
      summary = "What was decided and done for one of the last 200 requests.",
      answer = "RequestAccount")
  HttpResponse<?> request(String id) {
    return log.get(id)
        .map(Replies::json)
        .orElseGet(() ->
            ErrorResponses.response(
                ApiError.notFound(
                    "request_not_found",
                    "id",
                    "The request \"" + id + "\" is not among the last 200.")));
  }

  private Plan plan(Purpose purpose, ParsedChat chat, HttpRequest<?> request) {
    return switch (pipeline.plan(purpose, chat.request(), Requests.headers(request))) {
      case Planned.Made(Plan plan) -> plan;
      case Planned.Refused(Refusal refusal) -> throw new ApiException(RefusalErrors.of(refusal));
    };
  }
}
