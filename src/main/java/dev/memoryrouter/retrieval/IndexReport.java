package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.BankContents.Skipped;
import java.util.List;

/// What a reindex did.
///
/// @param files files that were read
/// @param sections sections of these files
/// @param chunks chunks in the index afterwards
/// @param embedded chunks that were embedded now
/// @param reused chunks that were kept with their vectors, also where their lines moved
/// @param deleted chunks that were removed, those of changed sections included
/// @param skipped files that could not be read
/// @param seconds how long it took
public record IndexReport(
    String bank,
    int files,
    int sections,
    int chunks,
    int embedded,
    int reused,
    int deleted,
    List<Skipped> skipped,
    double seconds) {
  public IndexReport {
    skipped = List.copyOf(skipped);
  }
}
