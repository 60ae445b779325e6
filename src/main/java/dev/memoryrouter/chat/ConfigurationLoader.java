package dev.memoryrouter.chat;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.routing.RoutingFile;
import dev.memoryrouter.upstream.ModelsConfig;
import dev.memoryrouter.upstream.ModelsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads and cross-checks `server.yaml`, `models.yaml` and `routing.yaml`. Problems of all files
/// are told at once.
public final class ConfigurationLoader {
  static final String SERVER = "server.yaml";
  static final String MODELS = "models.yaml";
  static final String ROUTING = "routing.yaml";

  private final Path workingDirectory;

  /// @param workingDirectory from which relative paths are taken
  public ConfigurationLoader(Path workingDirectory) {
    this.workingDirectory = workingDirectory.toAbsolutePath().normalize();
  }

  /// The three files of a folder.
  static List<Path> files(Path configDir) {
    return List.of(
        configDir.resolve(SERVER), configDir.resolve(MODELS), configDir.resolve(ROUTING));
  }

  /// The whole configuration.
  ///
  /// @throws ConfigException with every problem of every file
  public Configuration load(Path configDir, Environment environment) {
    List<ConfigProblem> problems = new ArrayList<>();
    Optional<YamlMap> serverMap = file(configDir.resolve(SERVER), environment, problems);
    Optional<YamlMap> modelsMap = file(configDir.resolve(MODELS), environment, problems);
    Optional<YamlMap> routingMap = file(configDir.resolve(ROUTING), environment, problems);
    Optional<ServerSettings> server = serverMap.map(m -> ServerFile.read(m, workingDirectory));
    Optional<ModelsConfig> models = modelsMap.map(m -> ModelsFile.read(m, workingDirectory));
    Optional<RoutingConfig> routing = routingMap.map(RoutingFile::read);
    List<ConfigProblem> warnings = new ArrayList<>(environment.problems());
    if (server.isPresent() && models.isPresent() && routing.isPresent()) {
      CrossCheck check = new CrossCheck(server.get(), models.get(), routing.get());
      warnings.addAll(check.run(modelsMap.orElseThrow(), routingMap.orElseThrow()));
      warnings.addAll(missingRoots(server.get(), serverMap.orElseThrow()));
    }
    for (Optional<YamlMap> map : List.of(serverMap, modelsMap, routingMap)) {
      map.ifPresent(found -> problems.addAll(found.problems()));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Configuration(
        server.orElseThrow(),
        models.orElseThrow(),
        routing.orElseThrow(),
        warnings,
        notices(serverMap.orElseThrow()));
  }

  private static List<ConfigProblem> notices(YamlMap map) {
    List<ConfigProblem> notices = new ArrayList<>();
    YamlValue modelCache = map.variable("MODEL_CACHE_DIR");
    if (modelCache.present()) {
      notices.add(modelCache.remark("has no effect yet: no model file is downloaded"));
    }
    return notices;
  }

  /// A root may be on a disk that is not there now, so that this is no reason to refuse all.
  private static List<ConfigProblem> missingRoots(ServerSettings server, YamlMap map) {
    List<ConfigProblem> warnings = new ArrayList<>();
    List<Path> roots = server.banks().roots();
    List<YamlValue> values = map.at("bank-roots").list();
    for (int i = 0; i < Math.min(roots.size(), values.size()); i++) {
      if (!Files.isDirectory(roots.get(i))) {
        warnings.add(
            values.get(i).remark("no banks are found: there is no folder " + roots.get(i)));
      }
    }
    return warnings;
  }

  private static Optional<YamlMap> file(
      Path path, Environment environment, List<ConfigProblem> problems) {
    try {
      return Optional.of(Yaml.read(path, environment));
    } catch (ConfigException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }
}
