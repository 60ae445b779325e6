package dev.memoryrouter.memory;

/// Which bank serves a request.
public sealed interface BankChoice {
  record Chosen(Bank bank) implements BankChoice {}

  /// The request names a workspace that no bank belongs to: it gets no memory.
  record NoBankForWorkspace(String workspace) implements BankChoice {}

  /// The request names a bank that does not exist.
  record UnknownBank(String name) implements BankChoice {}
}
