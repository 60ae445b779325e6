package dev.memoryrouter.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One model of `models.yaml`.
///
/// @param upstreams those that have it, in the order in which they are tried; at least one
/// @param names names under which an upstream may have it; the first that it has is used
/// @param context nominal context in tokens, an upper bound
/// @param numCtx context to allocate; null: computed from memory
/// @param maxOutput largest output in tokens
/// @param tokenizer `qwen`, `o200k`, `cl100k` or `file:<path>`
/// @param capabilities null: what the upstream says
/// @param memoryBytes resident size with its KV cache; null when not configured
/// @param turns how many run and wait, as far as that is configured for it
/// @param keepAlive how long the upstream keeps it loaded after use
/// @param options passed on to the upstream (temperature …)
/// @param repairToolCalls whether a tool call printed as text becomes a tool call
/// @param runOnLimit identical or blank tokens in a row that are let through before an answer is
///   ended; null for any number
public record ModelSettings(
    String key,
    List<String> upstreams,
    List<String> names,
    int context,
    @Nullable Integer numCtx,
    int maxOutput,
    String tokenizer,
    @Nullable Set<Capability> capabilities,
    Think think,
    @Nullable Long memoryBytes,
    Turns turns,
    Duration keepAlive,
    Map<String, Object> options,
    boolean repairToolCalls,
    @Nullable Integer runOnLimit) {
  /// How many requests run and wait at once; null is as everywhere.
  ///
  /// @param slots requests that run at once; null: as the upstream says, else 1
  /// @param queueLength requests that may wait
  /// @param waitLimit after which a waiting request is refused
  public record Turns(
      @Nullable Integer slots, @Nullable Integer queueLength, @Nullable Duration waitLimit) {
    /// Nothing is configured.
    public static final Turns DEFAULT = new Turns(null, null, null);
  }

  /// Whether a model that can reason does so.
  public enum Think {
    OFF,
    ON,
    /// As the request says, else the model's default.
    AUTO
  }

  public ModelSettings {
    upstreams = List.copyOf(upstreams);
    names = List.copyOf(names);
    options = Map.copyOf(options);
  }

  /// The upstream that is tried first.
  public String upstream() {
    return upstreams.getFirst();
  }

  /// The model as it is on one of its upstreams.
  public ModelSettings on(String upstream) {
    return new ModelSettings(
        key,
        List.of(upstream),
        names,
        context,
        numCtx,
        maxOutput,
        tokenizer,
        capabilities,
        think,
        memoryBytes,
        turns,
        keepAlive,
        options,
        repairToolCalls,
        runOnLimit);
  }
}
