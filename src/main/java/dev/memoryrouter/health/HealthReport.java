package dev.memoryrouter.health;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.QueueView;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.ReloadingConfiguration;
import dev.memoryrouter.chat.Setup;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbedderState;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.retrieval.BankStatus;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.upstream.CircuitState;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
  private final Admission admission;
  private final ChatPipeline pipeline;

  HealthReport(
      Setups setups,
      ReloadingConfiguration configuration,
      EmbedderHandle embedder,
      Indexer indexer,
      VectorStore store,
      Admission admission,
      ChatPipeline pipeline) {
    this.setups = setups;
    this.configuration = configuration;
    this.embedder = embedder;
    this.indexer = indexer;
    this.store = store;
    this.admission = admission;
    this.pipeline = pipeline;
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
    components.set("queue", queue());
    return components;
  }

  private ObjectNode memoryBank(Setup setup) {
    List<BankStatus> banks = setup.banks().all().stream().map(indexer::status).toList();
    ObjectNode json = JSON.createObjectNode();
    json.put("status", Status.of(banks.stream().allMatch(HealthReport::isWell)).label());
    json.put("files", banks.stream().mapToInt(BankStatus::files).sum());
    json.put("sections", banks.stream().mapToInt(BankStatus::sections).sum());
    json.put("chunks", banks.stream().mapToInt(BankStatus::chunks).sum());
    json.put(
        "embedded_share", banks.stream().mapToDouble(BankStatus::embeddedShare).min().orElse(0));
    json.put(
        "last_indexed",
        banks.stream()
            .map(BankStatus::lastIndexed)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .map(Instant::toString)
            .orElse(null));
    addProgress(json, banks);
    ArrayNode skipped = json.putArray("skipped");
    banks.forEach(bank -> addSkipped(skipped, bank));
    banks.stream()
        .filter(bank -> bank.problem() != null)
        .findFirst()
        .ifPresent(bank -> json.put("problem", bank.bank() + ": " + bank.problem()));
    return json;
  }

  private static boolean isWell(BankStatus bank) {
    return bank.skipped().isEmpty() && bank.problem() == null && bank.sections() > 0;
  }

  private static void addProgress(ObjectNode json, List<BankStatus> banks) {
    ArrayNode indexing = json.putArray("indexing");
    for (BankStatus bank : banks) {
      BankStatus.Share progress = bank.progress();
      if (progress != null) {
        indexing
            .addObject()
            .put("bank", bank.bank())
            .put("done", progress.done())
            .put("total", progress.total());
      }
    }
  }

  private static void addSkipped(ArrayNode skipped, BankStatus bank) {
    for (BankContents.Skipped file : bank.skipped()) {
      skipped
          .addObject()
          .put("bank", bank.bank())
          .put("file", file.file())
          .put("reason", file.reason());
    }
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
    json.put("status", Status.of(problem.isEmpty()).label());
    json.put("type", setup.configuration().server().store().type().label());
    problem.ifPresent(text -> json.put("problem", text));
    return json;
  }

  private ObjectNode upstreams(Setup setup) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode upstreams = JSON.createArrayNode();
    boolean well = true;
    for (String name : setup.configuration().models().upstreams().keySet()) {
      UpstreamSnapshot snapshot = setup.upstreams().snapshot(name);
      CircuitState circuit = setup.upstreams().circuit(name);
      well &= snapshot.reachable() && circuit != CircuitState.OPEN;
      upstreams.add(upstream(name, snapshot, circuit));
    }
    List<ModelState> models = setup.upstreams().states();
    boolean anyModel = models.stream().anyMatch(ModelState::available);
    boolean whole = models.stream().allMatch(model -> pipeline.audit().lastCut(model).isEmpty());
    json.put("status", Status.of(well && anyModel && whole).label());
    json.set("upstreams", upstreams);
    ArrayNode array = json.putArray("models");
    models.forEach(model -> array.add(model(model)));
    return json;
  }

  private static ObjectNode upstream(String name, UpstreamSnapshot snapshot, CircuitState circuit) {
    return JSON.createObjectNode()
        .put("name", name)
        .put("reachable", snapshot.reachable())
        .put("version", snapshot.version())
        .put("circuit", circuit.label())
        .put("problem", snapshot.problem());
  }

  private ObjectNode model(ModelState model) {
    ObjectNode json = JSON.createObjectNode();
    pipeline
        .audit()
        .lastCut(model)
        .ifPresent(cut ->
            json.putObject("prompt_cut")
                .put("counted", cut.counted())
                .put("reported", cut.reported()));
    return json.put("model", model.key())
        .put("upstream", model.settings().upstream())
        .put("state", model.availability().name().toLowerCase(Locale.ROOT))
        .put("upstream_model", model.upstreamModel())
        .put("resident", model.resident())
        .put("token_offset", pipeline.audit().offset(model));
  }

  private ObjectNode config() {
    ObjectNode json = JSON.createObjectNode();
    json.put("status", Status.of(configuration.problem().isEmpty()).label());
    json.put("reloads", configuration.reloads());
    json.put("refused_reloads", configuration.refusedReloads());
    configuration.problem().ifPresent(problem -> json.put("problem", problem));
    configuration.notice().ifPresent(notice -> json.put("notice", notice));
    return json;
  }

  private ObjectNode queue() {
    QueueView.Totals totals = admission.totals();
    Status status = totals.draining() ? Status.UNHEALTHY : Status.HEALTHY;
    return JSON.createObjectNode()
        .put("status", status.label())
        .put("running", totals.running())
        .put("waiting", totals.waiting())
        .put("draining", totals.draining());
  }
}
