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

  /// A file or folder that was not read, and why.
  ///
  /// @param file path relative to the bank's root, with `/`; `.` for the root itself
  public record Skipped(String file, String reason) {
    private static final String ROOT = ".";

    /// The root itself, so that nothing at all was read.
    static Skipped root(String reason) {
      return new Skipped(ROOT, reason);
    }

    public boolean isRoot() {
      return file.equals(ROOT);
    }

    /// Whether a file is this one or lies below this folder.
    public boolean covers(String path) {
      return isRoot() || path.equals(file) || path.startsWith(file + "/");
    }
  }

  /// All sections in file order.
  public List<Section> sections() {
    return files.stream().flatMap(file -> file.sections().stream()).toList();
  }
}
