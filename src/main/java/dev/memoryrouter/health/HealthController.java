package dev.memoryrouter.health;

import dev.memoryrouter.api.Endpoint;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Health for people and monitors, liveness and readiness for supervisors.
@Controller("/health")
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class HealthController {
  private final HealthReport report;
  private final ServerVersion version;

  HealthController(HealthReport report, ServerVersion version) {
    this.report = report;
    this.version = version;
  }

  /// The whole server and each component with its figures.
  @Get
  @Endpoint(summary = "The whole server and each component with its figures.", answer = "Health")
  HttpResponse<?> health() {
    ObjectNode components = report.components();
    boolean degraded =
        components.values().stream()
            .anyMatch(
                component -> !component.path("status").asString().equals(Status.HEALTHY.label()));
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("status", Status.of(!degraded).label());
    json.put("version", version.text());
    json.put(
        "uptime_seconds",
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getUptime()));
    json.set("components", components);
    return json(json);
  }

  /// The process answers.
  @Get("/liveness")
  @Endpoint(summary = "The process answers.")
  HttpResponse<?> liveness() {
    return up();
  }

  /// Bound, and the configuration is valid: both hold whenever this can be called.
  @Get("/readiness")
  @Endpoint(summary = "Requests can be taken.")
  HttpResponse<?> readiness() {
    return up();
  }

  private static HttpResponse<?> up() {
    return json(JsonMapper.shared().createObjectNode().put("status", "UP"));
  }

  private static HttpResponse<?> json(ObjectNode json) {
    return HttpResponse.ok(JsonMapper.shared().writeValueAsBytes(json))
        .contentType(io.micronaut.http.MediaType.APPLICATION_JSON_TYPE);
  }
}
