package dev.memoryrouter.memory;

import java.util.List;

/// What was read from a bank.
///
/// @param files the files that were read, core files first in canonical order, then the rest by
///   path
/// @param skipped what could not be read; the rest is complete all the same
public record BankContents(Bank bank, List<MemoryFile> files, List<Skipped> skipped) {
  public BankContents {
    files = List.copyOf(files);
    skipped = List.copyOf(skipped);
  }

  /// A file that was read.
  ///
  /// @param path relative to the bank's root, with `/`
  /// @param core one of the six core files
  public record MemoryFile(String path, boolean core, List<Section> sections) {
    public MemoryFile {
      sections = List.copyOf(sections);
    }
  }

  /// A file that was not read, and why.
  public record Skipped(String file, String reason) {}

  /// All sections in file order.
  public List<Section> sections() {
    return files.stream().flatMap(file -> file.sections().stream()).toList();
  }
}
