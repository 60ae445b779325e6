package dev.memoryrouter.app;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.api.RequestLog;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.ReloadingConfiguration;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.metrics.Meters;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.WordPieces;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;

/// Hands the components to the controllers.
@Factory
final class Wiring {
  private final Components components;

  Wiring(Components components) {
    this.components = components;
  }

  @Singleton
  Setups setups() {
    return components.setups();
  }

  // Components closes what it made; the context must not close it a second time.
  @Bean(typed = ReloadingConfiguration.class)
  @Singleton
  ReloadingConfiguration configuration() {
    return components.reloading();
  }

  @Singleton
  ChatPipeline pipeline() {
    return components.pipeline();
  }

  @Singleton
  PromptCounter counter() {
    return components.counter();
  }

  @Singleton
  PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    return registry;
  }

  @Singleton
  Meters meters(PrometheusMeterRegistry registry) {
    var meters = new Meters(registry);
    components.circuits().listen((name, state) -> meters.circuit(name, state.label()));
    Admission admission = components.admission();
    admission.listen((ticket, result, waited) ->
        meters.turnDecided(ticket.model().toString(), ticket.priority().label(), result, waited));
    components.pipeline().audit().listen(meters::promptCut);
    meters.queue(() -> admission.totals().running(), () -> admission.totals().waiting());
    return meters;
  }

  @Singleton
  RequestLog requestLog() {
    return new RequestLog();
  }

  @Singleton
  EmbedderHandle embedder() {
    return components.embedder();
  }

  @Singleton
  @Named("word-pieces")
  TokenCounter wordPieces() {
    return WordPieces.miniLm();
  }

  @Singleton
  Indexer indexer() {
    return components.indexer();
  }

  @Singleton
  Retriever retriever() {
    return components.retriever();
  }

  @Singleton
  VectorStore store() {
    return components.store();
  }

  // Components closes what it made.
  @Bean(typed = Admission.class)
  @Singleton
  Admission admission() {
    return components.admission();
  }
}
