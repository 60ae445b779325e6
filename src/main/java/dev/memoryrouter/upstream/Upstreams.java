package dev.memoryrouter.upstream;

import dev.memoryrouter.upstream.ModelState.Availability;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configured upstreams and what each model can and has loaded now. What an upstream said is
/// kept for some seconds; nobody waits longer than a moment for news of an upstream that is known.
/// Thread-safe.
public final class Upstreams {
  private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);

  private final ModelsConfig config;
  private final Map<String, ModelClient> clients = new LinkedHashMap<>();
  private final Map<String, CachedSnapshot> snapshots = new LinkedHashMap<>();

  private final Contexts contexts;
  private final Circuits circuits;
  private final ModelLoads loads = new ModelLoads();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /// Upstreams of a configuration; nothing is asked yet.
  ///
  /// @param clients makes the client of an upstream; called once for each
  /// @param contexts those that hold already, which outlive this
  /// @param circuits those of the upstreams, which outlive this
  public Upstreams(
      ModelsConfig config,
      Function<UpstreamSettings, ModelClient> clients,
      InstantSource clock,
      Contexts contexts,
      Circuits circuits) {
    this.config = config;
    this.contexts = contexts;
    this.circuits = circuits;
    config
        .upstreams()
        .forEach((name, settings) -> {
          ModelClient holding = new Holding(clients.apply(settings), settings);
          ModelClient client =
              new GuardedClient(
                  holding, settings, circuits.of(settings), call -> load(settings, holding, call));
          this.clients.put(name, client);
          this.snapshots.put(name, new CachedSnapshot(name, client, clock));
        });
  }

  /// The configuration that this was made from.
  public ModelsConfig config() {
    return config;
  }

  /// The state of a configured model on the first of its upstreams where it can be called, else on
  /// the first of all.
  ///
  /// @throws IllegalArgumentException when no model has this key
  public ModelState state(String modelKey) {
    List<ModelState> everywhere = everywhere(modelKey);
    return everywhere.stream()
        .filter(ModelState::available)
        .findFirst()
        .orElse(everywhere.getFirst());
  }

  /// The states of a configured model on each of its upstreams, in the order in which they are
  /// tried.
  ///
  /// @throws IllegalArgumentException when no model has this key
  public List<ModelState> everywhere(String modelKey) {
    ModelSettings model = known(config.models(), "model", modelKey);
    return model.upstreams().stream().map(upstream -> state(model.on(upstream))).toList();
  }

  /// The states of all models, in the order of the file.
  public List<ModelState> states() {
    return config.models().keySet().stream().map(this::state).toList();
  }

  /// How the circuit of an upstream stands.
  ///
  /// @throws IllegalArgumentException when no upstream has this name
  public CircuitState circuit(String upstream) {
    return circuits.of(known(config.upstreams(), "upstream", upstream)).state();
  }

  /// How long an upstream is left alone from now; zero when it may be called.
  ///
  /// @throws IllegalArgumentException when no upstream has this name
  public Duration leftAloneFor(String upstream) {
    return circuits.of(known(config.upstreams(), "upstream", upstream)).untilProbe();
  }

  /// Why a model gets less context than it should, for a person; empty when nothing is amiss.
  ///
  /// @throws IllegalArgumentException when no model has this key
  public Optional<String> contextProblem(String modelKey) {
    ModelSettings model = known(config.models(), "model", modelKey);
    boolean computed =
        model.numCtx() == null
            && known(config.upstreams(), "upstream", model.upstream()).type()
                == UpstreamSettings.Type.OLLAMA;
    return computed
        ? find(model, snapshot(model.upstream())).flatMap(it -> ContextSize.problem(model, it))
        : Optional.empty();
  }

  public ModelClient client(String upstream) {
    return known(clients, "upstream", upstream);
  }

  /// What an upstream has. Waits for the first answer of an upstream, and for later ones for a
  /// moment. When the thread is interrupted the upstream counts as not reachable and the interrupt
  /// stays set.
  public UpstreamSnapshot snapshot(String upstream) {
    return known(snapshots, "upstream", upstream).current();
  }

  /// Asks an upstream anew, in the background: after a failure, or after a model was loaded.
  public void refresh(String upstream) {
    known(snapshots, "upstream", upstream).refresh();
  }

  private ModelState state(ModelSettings model) {
    UpstreamSettings upstream = known(config.upstreams(), "upstream", model.upstream());
    UpstreamSettings.Type type = upstream.type();
    UpstreamSnapshot snapshot = snapshot(model.upstream());
    UpstreamSnapshot.@Nullable Model found = find(model, snapshot).orElse(null);
    @Nullable String name = found != null ? found.name() : unlisted(model, snapshot, type);
    return new ModelState(
        model,
        availability(upstream, snapshot, name),
        name,
        found == null ? null : found.supportedContext(),
        type == UpstreamSettings.Type.OPENAI ? null : numCtx(upstream, model, found),
        found == null ? null : found.allocatedContext(),
        capabilities(model, found),
        found != null && found.resident(),
        found == null ? null : found.slots());
  }

  private static Optional<UpstreamSnapshot.Model> find(
      ModelSettings model, UpstreamSnapshot snapshot) {
    return model.names().stream().flatMap(name -> snapshot.find(name).stream()).findFirst();
  }

  /// Some OpenAI-compatible servers answer but list nothing.
  private static @Nullable String unlisted(
      ModelSettings model, UpstreamSnapshot snapshot, UpstreamSettings.Type type) {
    boolean listsNothing = snapshot.reachable() && snapshot.models().isEmpty();
    return listsNothing && type == UpstreamSettings.Type.OPENAI ? model.names().getFirst() : null;
  }

  private Availability availability(
      UpstreamSettings upstream, UpstreamSnapshot snapshot, @Nullable String name) {
    if (!snapshot.reachable()) {
      return Availability.UNREACHABLE;
    }
    if (name == null) {
      return Availability.NOT_PULLED;
    }
    return circuits.of(upstream).admits() ? Availability.AVAILABLE : Availability.CIRCUIT_OPEN;
  }

  /// Only Ollama is told the context to load a model with, and lets go of a load when its requester
  /// leaves.
  private Optional<UpstreamFailure> load(
      UpstreamSettings upstream, ModelClient client, UpstreamCall call)
      throws InterruptedException {
    Integer numCtx = call.numCtx();
    if (numCtx == null || isLoaded(snapshot(upstream.name()), call.upstreamModel(), numCtx)) {
      return Optional.empty();
    }
    Optional<UpstreamFailure> failure = loads.await(client, call, numCtx);
    if (failure.isEmpty()) {
      circuits.of(upstream).loaded();
    }
    refresh(upstream.name());
    return failure;
  }

  private static boolean isLoaded(UpstreamSnapshot snapshot, String name, int numCtx) {
    return snapshot
        .find(name)
        .filter(model -> model.resident() && holds(model, numCtx))
        .isPresent();
  }

  /// Ollama allocates no more than the model supports, whatever it is asked for.
  private static boolean holds(UpstreamSnapshot.Model model, int numCtx) {
    Integer supported = model.supportedContext();
    Integer most = supported == null ? Integer.valueOf(numCtx) : Math.min(numCtx, supported);
    return most.equals(model.allocatedContext());
  }

  private int numCtx(
      UpstreamSettings upstream, ModelSettings model, UpstreamSnapshot.@Nullable Model found) {
    if (model.numCtx() != null) {
      return model.numCtx();
    }
    if (found != null && ContextSize.isKnown(model, found)) {
      warn(model, found);
      return contexts.hold(upstream, model, found.name(), ContextSize.of(model, found));
    }
    Integer holds = contexts.of(upstream, model, found == null ? null : found.name());
    return holds == null ? ContextSize.of(model, found) : holds;
  }

  private void warn(ModelSettings model, UpstreamSnapshot.Model found) {
    ContextSize.problem(model, found)
        .filter(_ -> warned.add(model.key()))
        .ifPresent(problem -> LOG.warn("{}", problem));
  }

  /// A client whose calls settle the context of their model, even one that was guessed: the model
  /// is loaded with it now.
  private final class Holding implements ModelClient {
    private final ModelClient client;
    private final UpstreamSettings upstream;

    Holding(ModelClient client, UpstreamSettings upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    @Override
    public ChatStream chat(UpstreamCall call) throws InterruptedException {
      if (call.numCtx() != null && call.model().numCtx() == null) {
        contexts.hold(upstream, call.model(), call.upstreamModel(), call.numCtx());
      }
      return client.chat(call);
    }

    @Override
    public Optional<UpstreamFailure> load(UpstreamCall call) throws InterruptedException {
      return client.load(call);
    }

    @Override
    public boolean unload(UpstreamCall call) throws InterruptedException {
      boolean unloaded = client.unload(call);
      refresh(upstream.name());
      return unloaded;
    }

    @Override
    public UpstreamSnapshot inspect() throws InterruptedException {
      return client.inspect();
    }
  }

  private static Set<Capability> capabilities(
      ModelSettings model, UpstreamSnapshot.@Nullable Model found) {
    if (model.capabilities() != null) {
      return model.capabilities();
    }
    Set<Capability> said = found == null ? null : found.capabilities();
    return said == null ? Set.of(Capability.TOOLS) : said;
  }

  private static <T> T known(Map<String, T> things, String kind, String name) {
    T thing = things.get(name);
    if (thing == null) {
      throw new IllegalArgumentException(
          "no " + kind + " is called '" + name + "'; there are " + things.keySet());
    }
    return thing;
  }
}
