package dev.memoryrouter.store.qdrant;

import static io.qdrant.client.ConditionFactory.matchKeyword;
import static io.qdrant.client.ConditionFactory.matchKeywords;
import static io.qdrant.client.ConditionFactory.range;

import io.qdrant.client.PointIdFactory;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.Common.Range;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// Names in a point and the filters over them.
final class Keys {
  /// Named vectors.
  static final String MEANING = "meaning";

  static final String WORDS = "words";

  /// Indexed.
  static final String BANK = "bank";

  static final String KIND = "kind";
  static final String SECTION = "section";
  static final String ADDED = "added"; // revision that brought the point
  static final String REMOVED = "removed"; // revision that took it away; absent in most

  /// Kinds.
  static final String CHUNK_KIND = "chunk";

  static final String SECTION_KIND = "section";
  static final String BANK_KIND = "bank";

  private Keys() {}

  /// The point that says which revision of a bank is valid.
  static PointId bankPoint(String bank) {
    return point(BANK_KIND, bank);
  }

  /// The same for each attempt at one revision, so that writing twice does no harm; another one for
  /// the next revision, so that the old point can stay until that is valid.
  static PointId point(String kind, String bank, String id, long revision) {
    return point(kind, bank, id, Long.toString(revision));
  }

  private static PointId point(String... parts) {
    byte[] name = String.join("\u0000", parts).getBytes(StandardCharsets.UTF_8);
    return PointIdFactory.id(UUID.nameUUIDFromBytes(name));
  }

  /// What is valid in a revision.
  static Filter visible(String bank, long revision, String kind) {
    return ofBank(bank)
        .addMust(matchKeyword(KIND, kind))
        .addMust(range(ADDED, atMost(revision)))
        .addMustNot(range(REMOVED, atMost(revision)))
        .build();
  }

  static Filter visible(String bank, long revision, String kind, Collection<String> sections) {
    return visible(bank, revision, kind).toBuilder()
        .addMust(matchKeywords(SECTION, List.copyOf(sections)))
        .build();
  }

  /// What no valid revision shows any more.
  static Filter removedUpTo(String bank, long revision) {
    return ofBank(bank).addMust(range(REMOVED, atMost(revision))).build();
  }

  /// What a change brought that was never finished.
  static Filter addedAfter(String bank, long revision) {
    return ofBank(bank).addMust(range(ADDED, above(revision))).build();
  }

  /// What a change took away that was never finished.
  static Filter removedAfter(String bank, long revision) {
    return ofBank(bank).addMust(range(REMOVED, above(revision))).build();
  }

  private static Filter.Builder ofBank(String bank) {
    return Filter.newBuilder().addMust(matchKeyword(BANK, bank));
  }

  private static Range atMost(long revision) {
    return Range.newBuilder().setLte((double) revision).build();
  }

  private static Range above(long revision) {
    return Range.newBuilder().setGt((double) revision).build();
  }
}
