package dev.memoryrouter.cli.evaluation;

import java.util.Locale;

/// A way to rank sections.
public enum RankingMethod {
  /// Meaning and words together, as shipped.
  FUSED,
  /// The cosine of the best chunk alone.
  DENSE,
  /// The BM25 score of the best chunk alone.
  SPARSE;

  /// The name in reports.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
