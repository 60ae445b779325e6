package dev.memoryrouter.chat;

import dev.memoryrouter.admission.ModelId;
import dev.memoryrouter.admission.ModelLimits;
import dev.memoryrouter.admission.QueueSettings;
import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The rules of the queue as the configuration has them.
public final class TurnRules {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String HERE = "localhost";

  private TurnRules() {}

  /// The rules for all models on all their upstreams.
  public static QueueSettings of(Configuration configuration) {
    TurnSettings settings = configuration.server().queue();
    Map<ModelId, ModelLimits> models = new LinkedHashMap<>();
    for (ModelSettings model : configuration.models().models().values()) {
      for (String name : model.upstreams()) {
        UpstreamSettings upstream = configuration.models().upstreams().get(name);
        if (upstream != null) {
          models.put(new ModelId(name, model.key()), limits(model, upstream, settings));
        }
      }
    }
    return new QueueSettings(settings.order(), configuration.models().memoryBudget(), models);
  }

  private static ModelLimits limits(
      ModelSettings model, UpstreamSettings upstream, TurnSettings settings) {
    Integer length = model.turns().queueLength();
    Duration waitLimit = model.turns().waitLimit();
    return new ModelLimits(
        model.turns().slots(),
        machine(upstream),
        memory(model, upstream),
        length == null ? settings.length() : length,
        waitLimit == null ? settings.waitLimit() : waitLimit);
  }

  private static String machine(UpstreamSettings upstream) {
    String host = String.valueOf(upstream.baseUrl().getHost()).toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(host) ? HERE : host;
  }

  /// Only Ollama loads and unloads on demand; what other servers have loaded stays.
  private static long memory(ModelSettings model, UpstreamSettings upstream) {
    Long bytes = model.memoryBytes();
    return bytes == null || upstream.type() != UpstreamSettings.Type.OLLAMA ? 0 : bytes;
  }
}
