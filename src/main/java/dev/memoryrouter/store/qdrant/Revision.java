package dev.memoryrouter.store.qdrant;

import static io.qdrant.client.ValueFactory.value;

import dev.memoryrouter.store.VectorStore.Size;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.util.HashMap;
import java.util.Map;

/// What is valid of a bank, kept in a point of its own that is written last.
///
/// @param number 1 for the first; 0 for a bank without an index
/// @param averageLength mean length of a chunk that the sparse values were computed with
record Revision(long number, Size size, double averageLength) {
  static final Revision NONE = new Revision(0, new Size(0, 0, 0), 1);

  private static final String NUMBER = "revision";
  private static final String SECTIONS = "sections";
  private static final String CHUNKS = "chunks";
  private static final String EMBEDDED = "embedded";
  private static final String AVERAGE_LENGTH = "average_length";

  /// Searches are right enough while the mean length is so near to the one that the values were
  /// computed with: a score moves by less than half of it.
  private static final double TOLERANCE = 0.01;

  static Revision of(Map<String, Value> payload) {
    return new Revision(
        payload.getOrDefault(NUMBER, value(0)).getIntegerValue(),
        new Size(
            Payloads.number(payload, SECTIONS),
            Payloads.number(payload, CHUNKS),
            Payloads.number(payload, EMBEDDED)),
        payload.getOrDefault(AVERAGE_LENGTH, value(1.0)).getDoubleValue());
  }

  Map<String, Value> payload(String bank) {
    Map<String, Value> payload = new HashMap<>();
    payload.put(Keys.BANK, value(bank));
    payload.put(Keys.KIND, value(Keys.BANK_KIND));
    payload.put(NUMBER, value(number));
    payload.put(SECTIONS, value(size.sections()));
    payload.put(CHUNKS, value(size.chunks()));
    payload.put(EMBEDDED, value(size.embedded()));
    payload.put(AVERAGE_LENGTH, value(averageLength));
    return payload;
  }

  boolean isFar(double newAverageLength) {
    return Math.abs(newAverageLength / averageLength - 1) > TOLERANCE;
  }
}
