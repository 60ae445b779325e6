package dev.memoryrouter.chat;

import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.routing.ModelNames;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.upstream.ModelsConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All configuration, checked as a whole. Immutable.
///
/// @param warnings what is valid but probably not meant
/// @param notices what is valid but has no effect yet
public record Configuration(
    ServerSettings server,
    ModelsConfig models,
    RoutingConfig routing,
    List<ConfigProblem> warnings,
    List<ConfigProblem> notices) {
  public Configuration {
    warnings = List.copyOf(warnings);
    notices = List.copyOf(notices);
  }

  /// The published model names.
  public ModelNames modelNames() {
    Map<String, List<String>> upstreamNames = new LinkedHashMap<>();
    models.models().forEach((key, model) -> upstreamNames.put(key, model.names()));
    List<String> banks = server.banks().banks().stream().map(bank -> bank.name()).toList();
    return new ModelNames(routing.allAliases(), banks, upstreamNames);
  }

  Configuration withServer(ServerSettings newServer) {
    return new Configuration(newServer, models, routing, warnings, notices);
  }
}
