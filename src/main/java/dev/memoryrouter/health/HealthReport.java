package dev.memoryrouter.health;

import dev.memoryrouter.admission.ModelSlots;
import dev.memoryrouter.chat.ReloadingConfiguration;
import dev.memoryrouter.chat.Setup;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbedderState;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.retrieval.BankStatus;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import jakarta.inject.Singleton;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The state of each component. Degraded means that requests are served, but with less than they
/// could have.
@Singleton
final class HealthReport {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Setups setups;
  private final ReloadingConfiguration configuration;
  private final EmbedderHandle embedder;
  private final Indexer indexer;
  private final VectorStore store;
  private final ModelSlots slots;

  HealthReport(
      Setups setups,
      ReloadingConfiguration configuration,
      EmbedderHandle embedder,
      Indexer indexer,
      VectorStore store,
      ModelSlots slots) {
    this.setups = setups;
    this.configuration = configuration;
    this.embedder = embedder;
    this.indexer = indexer;
    this.store = store;
    this.slots = slots;
  }

  /// The components by name, each with a `status`.
  ObjectNode components() {
    Setup setup = setups.get();
    ObjectNode components = JSON.createObjectNode();
    components.set("memory_bank", memoryBank(setup));
    components.set("embedding", embedding());
    components.set("vector_store", vectorStore(setup));
    components.set("upstreams", upstreams(setup));
    components.set("config", config());
    components.set("queue", queue(setup));
    return components;
  }

  private ObjectNode memoryBank(Setup setup) {
    ObjectNode json = JSON.createObjectNode();
    json.put("status", Status.HEALTHY.label());
    ArrayNode skipped = JSON.createArrayNode();
    int files = 0;
    int sections = 0;
    int chunks = 0;
    double embeddedShare = 1;
    String lastIndexed = null;
    Status status = Status.HEALTHY;
    for (Bank bank : setup.banks().all()) {
      BankStatus state = indexer.status(bank);
      files += state.files();
      sections += state.sections();
      chunks += state.chunks();
      embeddedShare = Math.min(embeddedShare, state.embeddedShare());
      lastIndexed = state.lastIndexed() == null ? lastIndexed : state.lastIndexed().toString();
      state
          .skipped()
          .forEach(file ->
              skipped
                  .addObject()
                  .put("bank", bank.name())
                  .put("file", file.file())
                  .put("reason", file.reason()));
      if (!state.skipped().isEmpty() || state.problem() != null || state.sections() == 0) {
        status = Status.DEGRADED;
      }
      if (state.problem() != null) {
        json.put("problem", bank.name() + ": " + state.problem());
      }
    }
    json.put("status", status.label())
        .put("files", files)
        .put("sections", sections)
        .put("chunks", chunks)
        .put("embedded_share", embeddedShare)
        .put("last_indexed", lastIndexed);
    json.set("skipped", skipped);
    return json;
  }

  private ObjectNode embedding() {
    ObjectNode json = JSON.createObjectNode();
    return switch (embedder.state()) {
      case EmbedderState.Ready(var ready) ->
          json.put("status", Status.HEALTHY.label())
              .put("model", ready.model())
              .put("dimension", ready.dimension());
      case EmbedderState.Loading _ ->
          json.put("status", Status.DEGRADED.label()).put("problem", "the model is being loaded");
      case EmbedderState.Failed(String reason) ->
          json.put("status", Status.DEGRADED.label()).put("problem", reason);
    };
  }

  private ObjectNode vectorStore(Setup setup) {
    Optional<String> problem =
        setup.banks().all().stream()
            .flatMap(bank -> store.problem(bank.name()).stream())
            .findFirst();
    ObjectNode json = JSON.createObjectNode();
    json.put("status", (problem.isEmpty() ? Status.HEALTHY : Status.DEGRADED).label());
    json.put("type", "lucene");
    problem.ifPresent(text -> json.put("problem", text));
    return json;
  }

  private static ObjectNode upstreams(Setup setup) {
    ObjectNode json = JSON.createObjectNode();
    boolean allReachable = true;
    ArrayNode upstreams = JSON.createArrayNode();
    for (String name : setup.configuration().models().upstreams().keySet()) {
      UpstreamSnapshot snapshot = setup.upstreams().snapshot(name);
      allReachable &= snapshot.reachable();
      upstreams
          .addObject()
          .put("name", name)
          .put("reachable", snapshot.reachable())
          .put("version", snapshot.version())
          .put("problem", snapshot.problem());
    }
    boolean anyModel = false;
    ArrayNode models = JSON.createArrayNode();
    for (ModelState state : setup.upstreams().states()) {
      anyModel |= state.available();
      models
          .addObject()
          .put("model", state.key())
          .put("state", state.availability().name().toLowerCase(java.util.Locale.ROOT))
          .put("upstream_model", state.upstreamModel())
          .put("resident", state.resident());
    }
    json.put("status", (allReachable && anyModel ? Status.HEALTHY : Status.DEGRADED).label());
    json.set("upstreams", upstreams);
    json.set("models", models);
    return json;
  }

  private ObjectNode config() {
    ObjectNode json = JSON.createObjectNode();
    json.put(
        "status", (configuration.problem().isEmpty() ? Status.HEALTHY : Status.DEGRADED).label());
    json.put("reloads", configuration.reloads());
    configuration.problem().ifPresent(problem -> json.put("problem", problem));
    configuration.notice().ifPresent(notice -> json.put("notice", notice));
    return json;
  }

  private ObjectNode queue(Setup setup) {
    ObjectNode json = JSON.createObjectNode();
    int running = 0;
    int waiting = 0;
    for (ModelState state : setup.upstreams().states()) {
      String key = state.settings().upstream() + '/' + state.key();
      running += slots.running(key);
      waiting += slots.waiting(key);
    }
    return json.put("status", Status.HEALTHY.label())
        .put("running", running)
        .put("waiting", waiting);
  }
}
