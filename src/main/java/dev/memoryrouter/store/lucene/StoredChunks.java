package dev.memoryrouter.store.lucene;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.store.ChunkRecord;
import java.io.IOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;

/// Found chunks with what is stored of them. A search reads some two hundred to return ten, and to
/// unpack them takes longer than to find them; so those that were read last are kept. Segments are
/// never changed, only line numbers are, which are read anew each time. Thread-safe.
final class StoredChunks {
  private static final long MAX_BYTES = 32L << 20;
  private static final int OVERHEAD = 500; // bytes of an entry beside its text, roughly

  private final Cache<Key, ChunkRecord> records =
      Caffeine.newBuilder()
          .maximumWeight(MAX_BYTES)
          .<Key, ChunkRecord>weigher((_, chunk) -> OVERHEAD + 2 * chunk.text().length())
          .build();

  ChunkRecord chunk(IndexSearcher searcher, int doc) throws IOException {
    LeafReaderContext leaf =
        searcher.getLeafContexts().get(ReaderUtil.subIndex(doc, searcher.getLeafContexts()));
    int local = doc - leaf.docBase;
    Key key = new Key(leaf.reader().getCoreCacheHelper().getKey(), local);
    ChunkRecord known = records.getIfPresent(key);
    if (known == null) {
      known = Documents.chunk(searcher.storedFields().document(doc));
      records.put(key, known);
    }
    return Documents.withLines(known, leaf.reader(), local);
  }

  /// A document of a segment.
  private record Key(IndexReader.CacheKey segment, int document) {}
}
