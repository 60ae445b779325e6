package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.UpstreamSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// Writes a `models.yaml` for one machine: for each model that `routing.yaml` names, the best of
/// those that are pulled, else one to pull.
final class SuggestedModels {
  private static final long GIGABYTE = 1L << 30;
  private static final int UNKNOWN_CONTEXT = 32_768;

  /// More context than this is rarely worth the memory.
  private static final int WANTED_CONTEXT = 65_536;

  private final Configuration configuration;
  private final List<PulledModel> left;
  private final int budget;
  private final StringJoiner lines = new StringJoiner("\n", "", "\n");

  /// @param pulled all chat models that upstreams have
  /// @param memoryBytes of the machine
  SuggestedModels(Configuration configuration, List<PulledModel> pulled, long memoryBytes) {
    this.configuration = configuration;
    this.left = new ArrayList<>(pulled);
    this.budget = budget(memoryBytes);
  }

  /// GB for models: what the system and an editor leave.
  private static int budget(long memoryBytes) {
    long left = memoryBytes - 4 * GIGABYTE - memoryBytes / 10;
    return (int) Math.max(4, left / GIGABYTE);
  }

  String text() {
    lines.add("# yaml-language-server: $schema=schema/models.schema.json");
    lines.add("# For this machine; `memory-router doctor` tells whether all is there.");
    lines.add("upstreams:");
    configuration.models().upstreams().values().forEach(this::upstream);
    lines.add("");
    lines.add("models:");
    Map<String, ModelRole> roles = ModelRole.of(configuration.routing());
    roles.forEach((key, role) ->
        pick(key, role).ifPresentOrElse(model -> pulled(key, model), () -> missing(key, role)));
    lines.add("memory-budget: " + budget + "GB");
    return lines.toString();
  }

  private void upstream(UpstreamSettings settings) {
    boolean ollama = settings.type() == UpstreamSettings.Type.OLLAMA;
    String url = settings.baseUrl().toString();
    boolean variable = ollama && settings.name().equals("ollama");
    String key =
        settings.apiKey() == null
            ? ""
            : ", api-key: \"${%s_KEY:}\""
                .formatted(settings.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"));
    lines.add(
        "  %s: {type: %s, base-url: \"%s\", connect-timeout: %dms, first-byte-timeout: %dms, idle-timeout: %dms%s}"
            .formatted(
                settings.name(),
                ollama ? "ollama" : "openai",
                variable ? "${OLLAMA_BASE_URL:" + url + "}" : url,
                settings.connectTimeout().toMillis(),
                settings.firstByteTimeout().toMillis(),
                settings.idleTimeout().toMillis(),
                key));
  }

  /// Takes the best model for a role out of those that are left. A model that has a key's own name
  /// is that key's, because two models must not share a name.
  private Optional<PulledModel> pick(String key, ModelRole role) {
    Map<String, ModelRole> roles = ModelRole.of(configuration.routing());
    Optional<PulledModel> found =
        left.stream()
            .filter(model -> model.name().equals(key))
            .findFirst()
            .or(() ->
                left.stream()
                    .filter(model -> !roles.containsKey(model.name()))
                    .max(preference(role)));
    found.ifPresent(model -> left.removeIf(other -> other.name().equals(model.name())));
    return found;
  }

  private Comparator<PulledModel> preference(ModelRole role) {
    Comparator<PulledModel> fits =
        Comparator.comparing(model -> model.weights() < budget * GIGABYTE);
    Comparator<PulledModel> large = Comparator.comparingLong(PulledModel::weights);
    return switch (role) {
      case CODE ->
          fits.thenComparing(model -> model.named("cod(er|e|estral)|devstral"))
              .thenComparing(model -> model.can(Capability.TOOLS))
              .thenComparing(large);
      case ANALYSIS ->
          fits.thenComparing(model -> model.can(Capability.VISION)).thenComparing(large);
      case MEMORY ->
          fits.thenComparing(model -> model.named("a3b|a4b"))
              .thenComparing(model -> model.weights() >= 2 * GIGABYTE)
              .thenComparing(large.reversed());
    };
  }

  private void pulled(String key, PulledModel model) {
    Integer supported = model.model().supportedContext();
    int context = Math.max(1024, supported == null ? UNKNOWN_CONTEXT : supported);
    lines.add("  " + key + ":");
    lines.add("    upstream: " + model.upstream());
    lines.add("    name: [" + quoted(model.name()) + "]");
    lines.add("    context: " + context);
    lines.add("    max-output: " + Math.min(8192, context / 4));
    lines.add("    tokenizer: " + (model.named("qwen|qwq") ? "qwen" : "o200k"));
    lines.add("    think: off");
    if (model.weights() > 0) {
      lines.add("    memory: " + gigabytes(model, context) + "GB");
      if (model.weights() >= budget * GIGABYTE) {
        lines.add("    # Larger than this machine's memory: it will be slow.");
      }
    }
    if (model.named("qwen2\\.5-coder")) {
      lines.add("    repair-tool-calls: true");
    }
    lines.add("");
  }

  /// With its context, as far as the budget goes; never less than the weights need.
  private long gigabytes(PulledModel model, int context) {
    Long perToken = model.model().kvBytesPerToken();
    long cache =
        perToken == null ? model.weights() / 4 : perToken * Math.min(context, WANTED_CONTEXT);
    long wanted = Math.ceilDiv(model.weights() + cache, GIGABYTE) + 1;
    long least = Math.ceilDiv(model.weights(), GIGABYTE) + 1;
    return Math.max(least, Math.min(budget, wanted));
  }

  private void missing(String key, ModelRole role) {
    ModelRole.Recommendation model = role.recommended(budget);
    String upstream =
        configuration.models().upstreams().values().stream()
            .filter(settings -> settings.type() == UpstreamSettings.Type.OLLAMA)
            .findFirst()
            .orElseGet(() -> configuration.models().upstreams().values().iterator().next())
            .name();
    lines.add("  # Not there yet; until then another model answers: ollama pull " + model.name());
    lines.add("  " + key + ":");
    lines.add("    upstream: " + upstream);
    lines.add("    name: [" + quoted(model.name()) + "]");
    lines.add("    context: " + model.context());
    lines.add("    max-output: 8192");
    lines.add("    tokenizer: " + model.tokenizer());
    lines.add("    think: off");
    lines.add("    memory: " + model.gigabytes() + "GB");
    lines.add("");
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
