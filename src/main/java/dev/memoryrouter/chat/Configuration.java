package dev.memoryrouter.chat;

import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.memory.Banks;
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
    return modelNames(routing, bankNames(server.banks()), models);
  }

  static ModelNames modelNames(RoutingConfig routing, List<String> banks, ModelsConfig models) {
    Map<String, List<String>> upstreamNames = new LinkedHashMap<>();
    models.models().forEach((key, model) -> upstreamNames.put(key, model.names()));
    return new ModelNames(routing.allAliases(), banks, upstreamNames);
  }

  /// The names of the banks, those found below the roots included; of settings that make no banks
  /// the configured ones.
  static List<String> bankNames(BankSettings settings) {
    List<Bank> banks;
    try {
      banks = new Banks(settings).all();
    } catch (IllegalArgumentException _) {
      banks = settings.banks();
    }
    return banks.stream().map(Bank::name).toList();
  }

  Configuration withServer(ServerSettings newServer) {
    return new Configuration(newServer, models, routing, warnings, notices);
  }
}
