package dev.memoryrouter.store.lucene;

import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.HitQueue;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;

/// The nearest vectors of an index: all are compared up to [#EXACT_LIMIT], which is exact and takes
/// about a millisecond; the HNSW graph is asked above.
final class NearestSearch {
  /// Most chunks that are compared one by one.
  static final int EXACT_LIMIT = 10_000;

  /// The graph finds better neighbours when it looks for more of them.
  private static final int GRAPH_BREADTH = 100;

  private NearestSearch() {}

  /// Documents with their cosine, best first.
  static ScoreDoc[] search(IndexSearcher searcher, float[] vector, int limit, int exactLimit)
      throws IOException {
    if (vectors(searcher) <= exactLimit) {
      return exact(searcher, vector, limit);
    }
    int breadth = Math.max(limit, GRAPH_BREADTH);
    ScoreDoc[] found =
        searcher.search(new KnnFloatVectorQuery(Fields.VECTOR, vector, breadth), limit).scoreDocs;
    for (ScoreDoc doc : found) {
      doc.score = 2 * doc.score - 1; // Lucene scores (1 + cosine) / 2
    }
    return found;
  }

  /// How many there are, those of removed chunks that are still in the files included.
  private static long vectors(IndexSearcher searcher) throws IOException {
    long count = 0;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
      count += vectors == null ? 0 : vectors.size();
    }
    return count;
  }

  private static ScoreDoc[] exact(IndexSearcher searcher, float[] vector, int limit)
      throws IOException {
    HitQueue best = new HitQueue(limit, false);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
      if (vectors != null) {
        compareAll(leaf, vectors, vector, best);
      }
    }
    ScoreDoc[] found = new ScoreDoc[best.size()];
    for (int i = found.length - 1; i >= 0; i--) {
      found[i] = best.pop();
    }
    return found;
  }

  private static void compareAll(
      LeafReaderContext leaf, FloatVectorValues vectors, float[] vector, HitQueue best)
      throws IOException {
    Bits live = leaf.reader().getLiveDocs();
    DocIndexIterator docs = vectors.iterator();
    for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
      if (live == null || live.get(doc)) {
        float cosine = VectorUtil.dotProduct(vector, vectors.vectorValue(docs.index()));
        best.insertWithOverflow(new ScoreDoc(leaf.docBase + doc, cosine));
      }
    }
  }
}
