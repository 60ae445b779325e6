package dev.memoryrouter.memory;

import java.nio.file.Path;
import java.util.List;

/// Which banks there are and which one serves whom.
///
/// @param roots each folder `<root>/<project>/memory-bank` is a bank of that project's workspace
/// @param defaultBank name of the bank for requests that name no workspace
/// @param forced whether the default bank serves all requests, because the user set
///   `MEMORY_BANK_PATH`
public record BankSettings(List<Bank> banks, List<Path> roots, String defaultBank, boolean forced) {
  public BankSettings {
    banks = List.copyOf(banks);
    roots = List.copyOf(roots);
  }
}
