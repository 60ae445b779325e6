package dev.memoryrouter.upstream;

import dev.memoryrouter.upstream.ModelState.Availability;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The configured upstreams and what each model can and has loaded now. What an upstream said is
/// kept for some seconds; nobody waits longer than a moment for news of an upstream that is known.
/// Thread-safe.
public final class Upstreams {
  private final ModelsConfig config;
  private final Map<String, ModelClient> clients = new LinkedHashMap<>();
  private final Map<String, CachedSnapshot> snapshots = new LinkedHashMap<>();

  /// Contexts computed from complete facts. They stay when an upstream once leaves a fact out,
  /// because another context would reload the model.
  private final Map<String, Integer> contexts = new ConcurrentHashMap<>();

  /// Upstreams of a configuration; nothing is asked yet.
  ///
  /// @param clients makes the client of an upstream; called once for each
  public Upstreams(
      ModelsConfig config, Function<UpstreamSettings, ModelClient> clients, InstantSource clock) {
    this.config = config;
    config
        .upstreams()
        .forEach((name, settings) -> {
          ModelClient client = clients.apply(settings);
          this.clients.put(name, client);
          this.snapshots.put(name, new CachedSnapshot(name, client, clock));
        });
  }

  /// The configuration that this was made from.
  public ModelsConfig config() {
    return config;
  }

  /// The state of a configured model.
  ///
  /// @throws IllegalArgumentException when no model has this key
  public ModelState state(String modelKey) {
    return state(known(config.models(), "model", modelKey));
  }

  /// The states of all models, in the order of the file.
  public List<ModelState> states() {
    return config.models().values().stream().map(this::state).toList();
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
    UpstreamSettings.Type type = known(config.upstreams(), "upstream", model.upstream()).type();
    UpstreamSnapshot snapshot = snapshot(model.upstream());
    UpstreamSnapshot.@Nullable Model found = find(model, snapshot).orElse(null);
    @Nullable String name = found != null ? found.name() : unlisted(model, snapshot, type);
    return new ModelState(
        model,
        availability(snapshot, name),
        name,
        found == null ? null : found.supportedContext(),
        type == UpstreamSettings.Type.OPENAI ? null : numCtx(model, found),
        found == null ? null : found.allocatedContext(),
        capabilities(model, found),
        found != null && found.resident());
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

  private static Availability availability(UpstreamSnapshot snapshot, @Nullable String name) {
    if (!snapshot.reachable()) {
      return Availability.UNREACHABLE;
    }
    return name == null ? Availability.NOT_PULLED : Availability.AVAILABLE;
  }

  private int numCtx(ModelSettings model, UpstreamSnapshot.@Nullable Model found) {
    if (model.numCtx() != null) {
      return model.numCtx();
    }
    String key = model.key();
    if (found != null && ContextSize.isKnown(model, found)) {
      int computed = ContextSize.of(model, found);
      contexts.put(key, computed);
      return computed;
    }
    return contexts.getOrDefault(key, ContextSize.of(model, found));
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
