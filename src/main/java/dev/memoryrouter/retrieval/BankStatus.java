package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.BankContents.Skipped;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a bank's index stands.
///
/// @param files files in the index
/// @param sections sections in the index
/// @param chunks chunks in the index
/// @param embeddedShare share of the bank's chunks that the index holds, 0 to 1
/// @param lastIndexed when this process last brought it up to date; null if it did not yet
/// @param indexing whether it is being brought up to date now
/// @param skipped files that could not be read the last time
/// @param problem what is wrong, for users; null if nothing is
public record BankStatus(
    String bank,
    int files,
    int sections,
    int chunks,
    double embeddedShare,
    @Nullable Instant lastIndexed,
    boolean indexing,
    List<Skipped> skipped,
    @Nullable String problem) {
  public BankStatus {
    skipped = List.copyOf(skipped);
  }
}
