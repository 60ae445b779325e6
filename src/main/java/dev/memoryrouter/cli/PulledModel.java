package dev.memoryrouter.cli;

import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelsConfig;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import dev.memoryrouter.upstream.openai.OpenAiClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A chat model that an upstream has.
record PulledModel(String upstream, UpstreamSnapshot.Model model) {
  private static final Pattern NO_CHAT =
      Pattern.compile("embed|bge-|minilm|rerank|nomic|whisper|e5-|guard");

  /// All chat models of all upstreams by name; upstreams that do not answer are remarked.
  static List<PulledModel> all(ModelsConfig config, Screen screen) throws InterruptedException {
    List<PulledModel> all = new ArrayList<>();
    for (UpstreamSettings settings : config.upstreams().values()) {
      UpstreamSnapshot snapshot = ask(settings);
      if (!snapshot.reachable()) {
        screen.remark("Upstream " + settings.name() + ": " + snapshot.problem());
      }
      snapshot.models().values().stream()
          .filter(model -> !NO_CHAT.matcher(lower(model.name())).find())
          .map(model -> new PulledModel(settings.name(), model))
          .forEach(all::add);
    }
    all.sort(Comparator.comparing(PulledModel::name));
    return all;
  }

  /// Ollama gives facts only for models that are asked for by name.
  private static UpstreamSnapshot ask(UpstreamSettings settings) throws InterruptedException {
    return switch (settings.type()) {
      case OPENAI -> new OpenAiClient(settings).inspect();
      case OLLAMA -> {
        UpstreamSnapshot names = new OllamaClient(settings, Set.of()).inspect();
        yield names.reachable()
            ? new OllamaClient(settings, names.models().keySet()).inspect()
            : names;
      }
    };
  }

  String name() {
    return model.name();
  }

  /// 0 when not known.
  long weights() {
    Long bytes = model.weightBytes();
    return bytes == null ? 0 : bytes;
  }

  boolean can(Capability capability) {
    Set<Capability> capabilities = model.capabilities();
    return capabilities != null && capabilities.contains(capability);
  }

  boolean named(String pattern) {
    return Pattern.compile(pattern).matcher(lower(name())).find();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
