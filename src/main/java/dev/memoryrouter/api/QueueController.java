package dev.memoryrouter.api;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.admission.QueueView;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who waits for which model. Like every endpoint it asks for a key, or without keys for a local
/// caller, so whoever may see the queue may also clear it.
@Controller("/v1/router/queue")
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class QueueController {
  private final Admission admission;

  QueueController(Admission admission) {
    this.admission = admission;
  }

  /// The queue of each model.
  @Get
  @Endpoint(
      summary = "Who runs and who waits, for each model, with estimates and bounds.",
      answer = "Queue")
  HttpResponse<?> queue() {
    QueueView view = admission.view();
    ObjectNode json = Json.object().put("object", "list").put("draining", view.totals().draining());
    json.putObject("memory").put("used", view.memoryUsed()).put("budget", view.memoryBudget());
    ArrayNode data = json.putArray("data");
    view.models().forEach(model -> data.add(model(model)));
    return Replies.json(json);
  }

  private static ObjectNode model(QueueView.Model model) {
    ObjectNode json =
        Json.object()
            .put("model", model.id().model())
            .put("upstream", model.id().upstream())
            .put("resident", model.resident())
            .put("slots", model.slots())
            .put("running", model.running());
    json.set("waiting", byClass(model));
    json.put("oldest_wait_seconds", seconds(model.oldestWait()))
        .put("estimate_seconds", seconds(model.estimate()))
        .put("bound_seconds", seconds(model.bound()))
        .put("queue_length", model.limits().queueLength())
        .put("wait_limit_seconds", seconds(model.limits().waitLimit()));
    ArrayNode requests = json.putArray("requests");
    model.waiting().forEach(waiting -> requests.add(waiting(waiting)));
    return json;
  }

  private static ObjectNode byClass(QueueView.Model model) {
    ObjectNode json = Json.object();
    for (PriorityClass priority : PriorityClass.values()) {
      json.put(priority.label(), model.byClass().getOrDefault(priority, 0));
    }
    return json;
  }

  private static ObjectNode waiting(QueueView.Waiting waiting) {
    return Json.object()
        .put("id", waiting.id())
        .put("priority", waiting.priority().label())
        .put("position", waiting.place().number())
        .put("waited_seconds", seconds(waiting.waited()))
        .put("estimate_seconds", seconds(waiting.place().estimate()))
        .put("bound_seconds", seconds(waiting.bound()));
  }

  private static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis() / 1000.0;
  }

  /// Refuses all who wait; those who run go on.
  @Post("/clear")
  @Endpoint(
      summary = "Refuses all who wait with a 503; those who run go on.",
      answer = "QueueCleared")
  HttpResponse<?> clear() {
    return Replies.json(Json.object().put("cleared", admission.clear()));
  }

  /// Refuses one who waits.
  @Delete("/{id}")
  @Endpoint(
      summary = "Refuses the waiting request with this x-request-id with a 503.",
      answer = "QueueCleared")
  HttpResponse<?> remove(String id) {
    return admission.remove(id)
        ? Replies.json(Json.object().put("cleared", 1))
        : ErrorResponses.response(
            ApiError.notFound(
                "request_not_waiting",
                "id",
                "No request \"%s\" waits now; GET /v1/router/queue lists those that do."
                    .formatted(id)));
  }
}
