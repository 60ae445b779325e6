package dev.memoryrouter.cli;

import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.Banks;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option `--bank`.
final class BankOption {
  @Option(names = "--bank", paramLabel = "NAME", description = "Name of a memory bank.")
  private @Nullable String name;

  /// The bank named, else the default bank.
  Bank orDefault(Banks banks) {
    return name == null ? banks.defaultBank() : named(banks, name);
  }

  /// The bank named, else all banks.
  List<Bank> orAll(Banks banks) {
    return name == null ? banks.all() : List.of(named(banks, name));
  }

  private static Bank named(Banks banks, String name) {
    List<String> names = banks.all().stream().map(Bank::name).toList();
    return banks
        .byName(name)
        .orElseThrow(() ->
            new CommandFailure(
                "There is no memory bank \"%s\"%s Configured banks: %s."
                    .formatted(
                        name,
                        NearestName.of(name, names)
                            .map(near -> "; did you mean \"" + near + "\"?")
                            .orElse("."),
                        String.join(", ", names))));
  }
}
