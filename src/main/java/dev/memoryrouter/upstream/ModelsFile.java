package dev.memoryrouter.upstream;

import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `models.yaml`. Problems gather in the map; when there are any, what was read must not be
/// used.
public final class ModelsFile {
  private static final int MAX_CONTEXT = 16 * 1024 * 1024;
  private static final int MOST_WAITING = 100_000;
  private static final int DEFAULT_CONTEXT = 32_768;
  private static final int DEFAULT_MAX_OUTPUT = 8_192;
  private static final int DEFAULT_RUN_ON_LIMIT = 100;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration FOR_EVER = Duration.ofDays(365);
  private static final String FILE = "file:";
  private static final Set<String> TOKENIZERS = Set.of("qwen", "o200k", "cl100k");

  /// Options that have a key of their own, which must be the only place for them.
  private static final Map<String, String> OWN_KEYS =
      Map.of(
          "num_ctx",
          "num-ctx",
          "num_predict",
          "max-output",
          "keep_alive",
          "keep-alive",
          "think",
          "think");

  private final YamlMap root;
  private final Path workingDirectory;
  private final Map<String, UpstreamSettings> upstreams = new LinkedHashMap<>();
  private final Map<String, ModelSettings> models = new LinkedHashMap<>();

  private ModelsFile(YamlMap root, Path workingDirectory) {
    this.root = root;
    this.workingDirectory = workingDirectory;
  }

  /// The content of the file.
  ///
  /// @param workingDirectory from which relative paths are taken
  public static ModelsConfig read(YamlMap root, Path workingDirectory) {
    return new ModelsFile(root, workingDirectory).read();
  }

  private ModelsConfig read() {
    root.at("upstreams").required().map().entries().forEach(this::readUpstream);
    YamlValue section = root.at("models").required();
    section.map().entries().forEach(this::readModel);
    if (section.present() && models.isEmpty()) {
      section.problem("needs at least one model");
    }
    Optional<Long> budget = root.at("memory-budget").size(1L << 20);
    root.rejectUnknownKeys();
    return new ModelsConfig(upstreams, models, budget.orElse(null));
  }

  private void readUpstream(String name, YamlValue value) {
    checkName(name, value);
    YamlMap map = value.required().map();
    Optional<UpstreamSettings.Type> type =
        map.at("type")
            .required()
            .oneOf(
                List.of(UpstreamSettings.Type.values()),
                t -> t == UpstreamSettings.Type.OLLAMA ? "ollama" : "openai");
    UpstreamSettings.Type known = type.orElse(UpstreamSettings.Type.OLLAMA);
    upstreams.put(
        name,
        new UpstreamSettings(
            name,
            known,
            baseUrl(name, map, known),
            timeout(map, "connect-timeout", Duration.ofSeconds(2)),
            timeout(map, "first-byte-timeout", Duration.ofMinutes(10)),
            timeout(map, "idle-timeout", Duration.ofMinutes(2)),
            map.at("api-key").text().map(String::strip).orElse(null),
            circuit(map.at("circuit").map())));
    map.rejectUnknownKeys();
  }

  private static CircuitSettings circuit(YamlMap map) {
    CircuitSettings byDefault = CircuitSettings.DEFAULT;
    CircuitSettings circuit =
        new CircuitSettings(
            map.at("failure-rate").number(0.01, 1).orElse(byDefault.failureRate()),
            timeout(map, "window", byDefault.window()),
            map.at("minimum-calls").integer(1, 1000).orElse(byDefault.minimumCalls()),
            timeout(map, "slow-call", byDefault.slowCall()),
            timeout(map, "open", byDefault.openFor()),
            map.at("probes").integer(1, 100).orElse(byDefault.probes()));
    map.rejectUnknownKeys();
    return circuit;
  }

  private static Duration timeout(YamlMap map, String key, Duration byDefault) {
    return map.at(key).duration(Duration.ofMillis(100), LONGEST).orElse(byDefault);
  }

  /// `OLLAMA_BASE_URL` stands over the file for the upstream named `ollama`.
  private URI baseUrl(String name, YamlMap map, UpstreamSettings.Type type) {
    YamlValue inFile = map.at("base-url").required();
    YamlValue variable = root.variable("OLLAMA_BASE_URL");
    boolean overridden =
        name.equals("ollama") && type == UpstreamSettings.Type.OLLAMA && variable.present();
    YamlValue value = overridden ? variable : inFile;
    Optional<String> text = value.text();
    if (text.isPresent()) {
      try {
        return BaseUrl.parse(text.get(), type);
      } catch (IllegalArgumentException e) {
        value.problem(String.valueOf(e.getMessage()));
      }
    }
    return BaseUrl.NONE;
  }

  private void readModel(String key, YamlValue value) {
    checkName(key, value);
    if (key.equals("extractive")) {
      value.problem("the name \"extractive\" stands for answers without a model; choose another");
    }
    YamlMap map = value.required().map();
    int context = map.at("context").integer(1024, MAX_CONTEXT).orElse(DEFAULT_CONTEXT);
    models.put(
        key,
        new ModelSettings(
            key,
            upstreams(map),
            names(key, map),
            context,
            numCtx(map, context),
            maxOutput(map, context),
            tokenizer(map),
            capabilities(map),
            map.at("think")
                .oneOf(List.of(ModelSettings.Think.values()), ModelsFile::label)
                .orElse(ModelSettings.Think.AUTO),
            map.at("memory").size(1L << 20).orElse(null),
            turns(map),
            keepAlive(map.at("keep-alive")),
            options(map),
            map.at("repair-tool-calls").flag().orElse(false),
            runOnLimit(map.at("run-on-limit"))));
    map.rejectUnknownKeys();
  }

  /// In case of a problem a list of no meaning, but not an empty one.
  private List<String> upstreams(YamlMap map) {
    YamlValue value = map.at("upstream");
    if (!value.present() && upstreams.size() == 1) {
      return List.copyOf(upstreams.keySet());
    }
    Set<String> names = new LinkedHashSet<>();
    for (YamlValue item : value.required().listOrSingle()) {
      String name = item.required().text().map(String::strip).orElse("");
      if (!name.isEmpty() && !upstreams.containsKey(name)) {
        item.problem(
            "no upstream is named \"" + name + "\"; " + NearestName.hint(name, upstreams.keySet()));
      }
      if (!names.add(name)) {
        item.problem("the upstream \"" + name + "\" stands twice");
      }
    }
    if (value.present() && names.isEmpty()) {
      value.problem("needs at least one upstream");
    }
    return names.isEmpty() ? List.of("") : List.copyOf(names);
  }

  private static List<String> names(String key, YamlMap map) {
    List<String> names = map.at("name").texts().stream().map(String::strip).distinct().toList();
    return names.isEmpty() ? List.of(key) : names;
  }

  private static @Nullable Integer numCtx(YamlMap map, int context) {
    Optional<Integer> numCtx = map.at("num-ctx").integer(1024, MAX_CONTEXT);
    if (numCtx.isPresent() && numCtx.get() > context) {
      map.at("num-ctx").problem("is larger than context (" + context + ")");
    }
    return numCtx.orElse(null);
  }

  private static int maxOutput(YamlMap map, int context) {
    YamlValue value = map.at("max-output");
    int maxOutput =
        value.integer(16, MAX_CONTEXT).orElse(Math.min(DEFAULT_MAX_OUTPUT, context / 2));
    if (maxOutput >= context) {
      value.problem("leaves no room for a prompt: context is " + context);
    }
    return maxOutput;
  }

  /// `-1` is how Ollama itself writes for ever.
  private static Duration keepAlive(YamlValue value) {
    if (value.text().map(String::strip).filter("-1"::equals).isPresent()) {
      return FOR_EVER;
    }
    Duration keepAlive = value.duration(Duration.ZERO, FOR_EVER).orElse(Duration.ofMinutes(30));
    if (keepAlive.isPositive() && keepAlive.compareTo(Duration.ofSeconds(1)) < 0) {
      value.problem("is counted in whole seconds; use 1s, or 0 to unload after each answer");
    }
    return keepAlive;
  }

  private static @Nullable Integer runOnLimit(YamlValue value) {
    boolean off = value.text().map(String::strip).filter("off"::equals).isPresent();
    return off ? null : value.integer(10, 100_000).orElse(DEFAULT_RUN_ON_LIMIT);
  }

  private String tokenizer(YamlMap map) {
    YamlValue value = map.at("tokenizer");
    String name = value.text().map(String::strip).orElse("o200k");
    if (name.startsWith(FILE) && name.length() > FILE.length()) {
      return vocabulary(value, name.substring(FILE.length()).strip());
    }
    if (!TOKENIZERS.contains(name)) {
      value.problem("found \"" + name + "\", expected one of qwen, o200k, cl100k, file:<path>");
    }
    return name;
  }

  private String vocabulary(YamlValue value, String path) {
    try {
      return FILE + workingDirectory.resolve(path).normalize();
    } catch (InvalidPathException _) {
      value.problem("found \"" + path + "\", which is no path");
      return FILE + path;
    }
  }

  private static ModelSettings.Turns turns(YamlMap map) {
    return new ModelSettings.Turns(
        map.at("slots").integer(1, 64).orElse(null),
        map.at("queue-length").integer(0, MOST_WAITING).orElse(null),
        map.at("wait-limit").duration(Duration.ofMillis(100), LONGEST).orElse(null));
  }

  private static @Nullable Set<Capability> capabilities(YamlMap map) {
    YamlValue value = map.at("capabilities");
    if (!value.present()) {
      return null;
    }
    Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    for (YamlValue item : value.listOrSingle()) {
      item.required()
          .oneOf(List.of(Capability.values()), Capability::label)
          .ifPresent(capabilities::add);
    }
    return Set.copyOf(capabilities);
  }

  private static Map<String, Object> options(YamlMap map) {
    Map<String, Object> options = new LinkedHashMap<>();
    map.at("options")
        .map()
        .entries()
        .forEach((name, value) -> {
          String ownKey = OWN_KEYS.get(name);
          if (ownKey != null) {
            value.problem("is set by the key \"" + ownKey + "\" of the model, not here");
          }
          value.required().data().ifPresent(data -> options.put(name, data));
        });
    return options;
  }

  private static void checkName(String name, YamlValue value) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")) {
      value.problem("a name has letters, digits and . _ : - and begins with a letter or digit");
    }
  }

  private static String label(ModelSettings.Think think) {
    return switch (think) {
      case OFF -> "off";
      case ON -> "on";
      case AUTO -> "auto";
    };
  }
}
