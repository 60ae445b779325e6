package dev.memoryrouter.admission;

import java.util.Map;
import java.util.Set;

/// What is known of an upstream now.
///
/// @param reachable whether it answers
/// @param resident keys of the models that it has loaded
/// @param slots by model: requests it runs at once, where it says so
/// @param askedAt when it was asked: what the queue did since then is not in it
public record UpstreamReport(
    String upstream,
    boolean reachable,
    Set<String> resident,
    Map<String, Integer> slots,
    long askedAt) {
  public UpstreamReport {
    resident = Set.copyOf(resident);
    slots = Map.copyOf(slots);
  }
}
