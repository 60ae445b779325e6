package dev.memoryrouter.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/// The meters for Prometheus.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class MetricsController {
  private final PrometheusMeterRegistry registry;

  MetricsController(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /// Prometheus's text format.
  @Get("/metrics")
  @Produces("text/plain; version=0.0.4; charset=utf-8")
  @Endpoint(summary = "The meters in Prometheus's text format.", type = "text/plain")
  String metrics() {
    return registry.scrape();
  }
}
