package dev.memoryrouter.store.lucene;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/// Lucene's own format, but with graphs only in segments that are too large to compare all vectors:
/// to build a graph takes many times longer than to write the vectors, and every rewritten segment
/// would pay for it.
final class VectorCodec extends Lucene104Codec {
  /// Lucene builds a graph for more than `threshold * ln(vectors)` vectors.
  private static final int THRESHOLD =
      (int) Math.ceil(NearestSearch.EXACT_LIMIT / Math.log(NearestSearch.EXACT_LIMIT));

  private final KnnVectorsFormat vectors =
      new Lucene99HnswVectorsFormat(
          Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
          Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH,
          Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER,
          null,
          THRESHOLD);

  @Override
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return vectors;
  }
}
