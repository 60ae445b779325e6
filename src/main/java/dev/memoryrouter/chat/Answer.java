package dev.memoryrouter.chat;

import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.upstream.ChatStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What comes of a plan when it is carried out.
public sealed interface Answer {
  /// A model answers. The caller reads the stream to its end and closes it.
  ///
  /// @param served who answers
  record Streaming(Served served, ChatStream stream) implements Answer {}

  /// Nobody answers.
  record Refused(Refusal refusal, List<Attempt> attempts) implements Answer {}

  /// Who answers a request, and how it came to that.
  ///
  /// @param model key of the model, or `extractive`
  /// @param upstream its upstream, or `built-in`
  /// @param upstreamModel the upstream's name of the model; null for the built-in one
  /// @param rule the rule that led to it; `fallback` when another model than the routed one answers
  /// @param prompt what was sent; null for the built-in model
  /// @param attempts all calls, the answering one last
  /// @param degraded what is not as it should be, by key, with the reason
  record Served(
      String model,
      String upstream,
      @Nullable String upstreamModel,
      String rule,
      @Nullable FittedPrompt prompt,
      List<Attempt> attempts,
      Map<String, String> degraded) {
    public Served {
      attempts = List.copyOf(attempts);
    }

    /// The same with one more thing that is not as it should be.
    Served degraded(String key, String reason) {
      Map<String, String> reasons = new LinkedHashMap<>(degraded);
      reasons.put(key, reason);
      return new Served(model, upstream, upstreamModel, rule, prompt, attempts, reasons);
    }
  }
}
