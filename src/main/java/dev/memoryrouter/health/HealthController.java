package dev.memoryrouter.health;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.api.Endpoint;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Health for people and monitors, liveness and readiness for supervisors.
@Controller("/health")
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class HealthController {
  private final HealthReport report;
  private final Admission admission;
  private final ServerVersion version;

  HealthController(HealthReport report, Admission admission, ServerVersion version) {
    this.report = report;
    this.admission = admission;
    this.version = version;
  }

  /// The whole server and each component with its figures.
  @Get
  @Endpoint(summary = "The whole server and each component with its figures.", answer = "Health")
  HttpResponse<?> health() {
    ObjectNode components = report.components();
    Status status =
        Status.worst(components.values().stream().map(HealthController::status).toList());
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("status", status.label());
    json.put("version", version.text());
    json.put(
        "uptime_seconds",
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getUptime()));
    json.set("components", components);
    return json(status == Status.UNHEALTHY ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK, json);
  }

  private static Status status(JsonNode component) {
    return Status.valueOf(component.path("status").asString().toUpperCase(Locale.ROOT));
  }

  /// The process answers.
  @Get("/liveness")
  @Endpoint(summary = "The process answers.")
  HttpResponse<?> liveness() {
    return up();
  }

  /// Bound, and the configuration is valid: both hold whenever this can be called. Red as soon as
  /// the server was told to stop.
  @Get("/readiness")
  @Endpoint(summary = "Requests can be taken.")
  HttpResponse<?> readiness() {
    return admission.totals().draining()
        ? json(HttpStatus.SERVICE_UNAVAILABLE, status("DOWN"))
        : up();
  }

  private static HttpResponse<?> up() {
    return json(HttpStatus.OK, status("UP"));
  }

  private static ObjectNode status(String status) {
    return JsonMapper.shared().createObjectNode().put("status", status);
  }

  private static HttpResponse<?> json(HttpStatus status, ObjectNode json) {
    return HttpResponse.status(status)
        .body(JsonMapper.shared().writeValueAsBytes(json))
        .contentType(io.micronaut.http.MediaType.APPLICATION_JSON_TYPE);
  }
}
