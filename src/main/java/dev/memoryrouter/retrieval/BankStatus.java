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
/// @param embeddedShare share of the stored chunks that have their vectors, 0 to 1; the others are
///   found by their words alone
/// @param lastIndexed when this process last brought it up to date; null if it did not yet
/// @param progress how far it is being brought up to date now; null if it is not
/// @param skipped files that could not be read the last time
/// @param problem what is wrong, for users; null if nothing is
public record BankStatus(
    String bank,
    int files,
    int sections,
    int chunks,
    double embeddedShare,
    @Nullable Instant lastIndexed,
    @Nullable Share progress,
    List<Skipped> skipped,
    @Nullable String problem) {
  public BankStatus {
    skipped = List.copyOf(skipped);
  }

  /// Chunks that are done.
  ///
  /// @param total 0 while the files are read
  public record Share(int done, int total) {}
}
