package dev.memoryrouter.retrieval;

/// The part of a query that is embedded. A prompt of some thousand words is embedded whole; of a
/// pasted log only its ends are, where people write what they want, because each window costs some
/// 10 ms and the mean of hundreds of windows means nothing. Its words count all the same.
final class QueryText {
  private static final int WHOLE = 8_000; // characters
  private static final int END = WHOLE / 2;

  private QueryText() {}

  static String forMeaning(String query) {
    if (query.length() <= WHOLE) {
      return query;
    }
    int headEnd = Character.isHighSurrogate(query.charAt(END - 1)) ? END - 1 : END;
    int tailStart = query.length() - END;
    if (Character.isLowSurrogate(query.charAt(tailStart))) {
      tailStart++;
    }
    return query.substring(0, headEnd) + "\n" + query.substring(tailStart);
  }
}
