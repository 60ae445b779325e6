package dev.memoryrouter.cli;

import dev.memoryrouter.api.LocalNames;
import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import dev.memoryrouter.upstream.Upstreams;
import dev.memoryrouter.upstream.ollama.OllamaVersion;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether upstreams answer, models are there, and what they can hold.
final class ModelChecks {
  /// A coding agent's system prompt alone takes up to 14,000 tokens.
  private static final int SMALL = 16_384;

  private static final long BUFFERS = 1L << 30;

  private final Configuration configuration;
  private final Upstreams upstreams;
  private final long machineBytes;

  ModelChecks(Workbench workbench, long machineBytes) {
    this.configuration = workbench.configuration();
    this.upstreams = workbench.setups().get().upstreams();
    this.machineBytes = machineBytes;
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    configuration.models().upstreams().values().forEach(it -> findings.add(upstream(it)));
    upstreams.states().forEach(state -> findings.addAll(model(state)));
    return findings;
  }

  private Finding upstream(UpstreamSettings settings) {
    UpstreamSnapshot snapshot = upstreams.snapshot(settings.name());
    String subject = "upstream " + settings.name();
    if (!snapshot.reachable()) {
      return Finding.fix(
          subject,
          String.valueOf(snapshot.problem()),
          settings.type() == UpstreamSettings.Type.OLLAMA
              ? "start it with `ollama serve`, or set OLLAMA_BASE_URL"
              : "start it, or correct base-url in models.yaml");
    }
    String version = snapshot.version() == null ? "" : ", version " + snapshot.version();
    if (snapshot.version() != null && OllamaVersion.cutsPrompts(snapshot.version())) {
      return Finding.fix(
          subject,
          settings.baseUrl() + " answers" + version + ", which cuts long prompts without a word",
          "update Ollama to 0.12.4 or later");
    }
    return Finding.ok(
        subject,
        "%s answers%s, %d models".formatted(settings.baseUrl(), version, snapshot.models().size()));
  }

  private List<Finding> model(ModelState state) {
    String subject = "model " + state.key();
    return switch (state.availability()) {
      case UNREACHABLE, CIRCUIT_OPEN ->
          List.of(Finding.note(subject, "not known while its upstream does not answer", null));
      case NOT_PULLED -> List.of(missing(subject, state.settings()));
      case AVAILABLE -> available(subject, state);
    };
  }

  private Finding missing(String subject, ModelSettings model) {
    String names = String.join(" or ", model.names());
    return type(model) == UpstreamSettings.Type.OLLAMA
        ? Finding.fix(
            subject,
            names + " is not pulled",
            "`ollama pull "
                + model.names().getFirst()
                + "`; `doctor --suggest` prints a models.yaml of the models that are")
        : Finding.fix(
            subject,
            names + " is not served by " + model.upstream(),
            "load it there, or correct name in models.yaml");
  }

  private UpstreamSettings.Type type(ModelSettings model) {
    return upstream(model).type();
  }

  private UpstreamSettings upstream(ModelSettings model) {
    UpstreamSettings settings = configuration.models().upstreams().get(model.upstream());
    if (settings == null) {
      throw new IllegalStateException("no upstream " + model.upstream());
    }
    return settings;
  }

  private List<Finding> available(String subject, ModelState state) {
    List<Finding> findings = new ArrayList<>();
    EffectiveLimit limit = EffectiveLimit.of(state, configuration.server().maxTokenLimit(), null);
    findings.add(Finding.ok(subject, facts(state, limit)));
    if (limit.tokens() < SMALL) {
      findings.add(
          Finding.note(
              subject,
              "%d tokens are few: the system prompt of a coding agent takes up to 14000"
                  .formatted(limit.tokens()),
              more(limit)));
    }
    memory(subject, state).ifPresent(findings::add);
    return findings;
  }

  private static String facts(ModelState state, EffectiveLimit limit) {
    return "%s, supports %s, num-ctx %s, limit %d tokens by %s%s"
        .formatted(
            state.upstreamModel(),
            known(state.supportedContext()),
            known(state.numCtx()),
            limit.tokens(),
            limit.boundBy(),
            state.resident() ? ", loaded" : "");
  }

  private static String known(@Nullable Integer tokens) {
    return tokens == null ? "unknown" : tokens.toString();
  }

  private static String more(EffectiveLimit limit) {
    return switch (limit.boundBy()) {
      case "num-ctx" ->
          "raise memory or num-ctx of the model in models.yaml, if the machine allows";
      case "MAX_TOKEN_LIMIT" -> "raise MAX_TOKEN_LIMIT";
      case "context" -> "raise context in models.yaml";
      case "allocated" -> "start the upstream with a larger context";
      default -> "take another model";
    };
  }

  /// Only for upstreams of this machine: what another one has is not known.
  private Optional<Finding> memory(String subject, ModelState state) {
    Long needed = needed(state);
    if (needed == null || !isHere(upstream(state.settings()).baseUrl())) {
      return Optional.empty();
    }
    String need = "needs about " + Host.gigabytes(needed);
    if (needed > machineBytes) {
      return Optional.of(
          Finding.fix(
              subject,
              need + ", this machine has " + Host.gigabytes(machineBytes),
              "take a smaller model or num-ctx; `doctor --suggest` prints a models.yaml"));
    }
    Long budget = configuration.models().memoryBudget();
    if (budget != null && needed > budget) {
      return Optional.of(
          Finding.fix(
              subject,
              need + ", memory-budget is " + Host.gigabytes(budget),
              "raise memory-budget, or take a smaller model"));
    }
    return Optional.of(Finding.ok(subject, need + " of " + Host.gigabytes(machineBytes)));
  }

  /// Weights, cache and buffers with the context that our calls ask for; null when not known.
  private @Nullable Long needed(ModelState state) {
    String name = state.upstreamModel();
    Integer numCtx = state.numCtx();
    if (name == null || numCtx == null) {
      return null;
    }
    return upstreams
        .snapshot(state.settings().upstream())
        .find(name)
        .map(found -> bytes(found, numCtx))
        .orElse(null);
  }

  private static @Nullable Long bytes(UpstreamSnapshot.Model found, int numCtx) {
    Long weights = found.weightBytes();
    Long perToken = found.kvBytesPerToken();
    return weights == null || perToken == null ? null : weights + perToken * numCtx + BUFFERS;
  }

  private static boolean isHere(URI url) {
    return url.getHost() != null && LocalNames.isLoopback(url.getHost());
  }
}
