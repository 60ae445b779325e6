package dev.memoryrouter.store.lucene;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/// Banks as Lucene indexes on disk, one folder each: `<root>/lucene/<bank>/`. One process writes,
/// any number read.
public final class LuceneVectorStore implements VectorStore {
  private static final Pattern BANK_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  private final Path root;
  private final IndexIdentity identity;
  private final boolean readOnly;
  private final int exactLimit;
  private final WordAnalyzer analyzer = new WordAnalyzer();
  private final StoredChunks chunks = new StoredChunks();
  private final Map<String, LuceneBank> banks = new ConcurrentHashMap<>();

  LuceneVectorStore(Path root, IndexIdentity identity, boolean readOnly, int exactLimit) {
    this.root = root.resolve("lucene");
    this.identity = identity;
    this.readOnly = readOnly;
    this.exactLimit = exactLimit;
  }

  /// A store that writes; its owner holds the lock of `root`.
  public static LuceneVectorStore open(Path root, IndexIdentity identity) {
    return new LuceneVectorStore(root, identity, false, NearestSearch.EXACT_LIMIT);
  }

  /// A store that takes no lock and changes no file; it sees what another process commits.
  public static LuceneVectorStore readOnly(Path root, IndexIdentity identity) {
    return new LuceneVectorStore(root, identity, true, NearestSearch.EXACT_LIMIT);
  }

  @Override
  public Map<String, SectionState> sections(String bank) throws IOException {
    return bank(bank).search(LuceneVectorStore::states).orElse(Map.of());
  }

  private static Map<String, SectionState> states(IndexSearcher searcher) throws IOException {
    Set<String> fields =
        Set.of(
            Fields.ID,
            Fields.FILE,
            Fields.HASH,
            Fields.FIRST_LINE,
            Fields.LAST_LINE,
            Fields.CHUNKS,
            Fields.EMBEDDED);
    Map<String, SectionState> states = new HashMap<>();
    for (ScoreDoc found : all(searcher, new Term(Fields.KIND, Documents.SECTION_KIND))) {
      Document document = searcher.storedFields().document(found.doc, fields);
      states.put(
          document.get(Fields.ID),
          new SectionState(
              document.get(Fields.FILE),
              document.get(Fields.HASH),
              Documents.number(document, Fields.FIRST_LINE),
              Documents.number(document, Fields.LAST_LINE),
              Documents.number(document, Fields.CHUNKS),
              Documents.number(document, Fields.EMBEDDED) == 1));
    }
    return states;
  }

  private static ScoreDoc[] all(IndexSearcher searcher, Term term) throws IOException {
    int most = Math.max(1, searcher.getIndexReader().maxDoc());
    return searcher.search(new TermQuery(term), most).scoreDocs;
  }

  @Override
  public void apply(String bank, Change change) throws IOException {
    if (readOnly) {
      throw new IOException("the index is open for reading only");
    }
    for (Embedded chunk : change.added()) {
      float[] vector = chunk.vector();
      if (vector != null) {
        checkDimension(vector);
      }
    }
    bank(bank).apply(change);
  }

  @Override
  public List<Scored> nearest(String bank, float[] vector, int limit) throws IOException {
    checkDimension(vector);
    checkLimit(limit);
    return bank(bank)
        .search(
            searcher -> scored(searcher, NearestSearch.search(searcher, vector, limit, exactLimit)))
        .orElse(List.of());
  }

  @Override
  public Matches matching(String bank, String query, int limit) throws IOException {
    checkLimit(limit);
    return bank(bank)
        .search(searcher -> {
          WordQuery words = WordQuery.of(query, searcher.getIndexReader());
          ScoreDoc[] found = searcher.search(words.query(), limit).scoreDocs;
          return new Matches(scored(searcher, found), words.ceiling());
        })
        .orElse(new Matches(List.of(), 0));
  }

  private List<Scored> scored(IndexSearcher searcher, ScoreDoc[] found) throws IOException {
    List<Scored> scored = new ArrayList<>(found.length);
    for (ScoreDoc doc : found) {
      scored.add(new Scored(chunks.chunk(searcher, doc.doc), doc.score));
    }
    return scored;
  }

  @Override
  public Map<String, SectionRecord> sections(String bank, Set<String> ids) throws IOException {
    return bank(bank)
        .search(searcher -> {
          Map<String, SectionRecord> sections = new HashMap<>();
          for (String id : ids) {
            for (ScoreDoc found :
                searcher.search(new TermQuery(Documents.section(id)), 1).scoreDocs) {
              sections.put(id, Documents.section(searcher.storedFields().document(found.doc)));
            }
          }
          return sections;
        })
        .orElse(Map.of());
  }

  @Override
  public Optional<Size> size(String bank) throws IOException {
    bank(bank).noticeRemoval();
    return bank(bank)
        .search(searcher ->
            new Size(
                searcher.count(new TermQuery(new Term(Fields.KIND, Documents.SECTION_KIND))),
                searcher.count(new TermQuery(new Term(Fields.KIND, Documents.CHUNK_KIND))),
                searcher.count(new FieldExistsQuery(Fields.VECTOR))));
  }

  @Override
  public Optional<String> problem(String bank) {
    return bank(bank).problem();
  }

  private LuceneBank bank(String name) {
    if (!BANK_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "bank name '"
              + name
              + "' is not allowed: use letters, digits, '.', '_' and '-', and no '.' at the start");
    }
    return banks.computeIfAbsent(
        name,
        _ ->
            new LuceneBank(
                name, new IndexFolder(root.resolve(name)), identity, analyzer, readOnly));
  }

  private void checkDimension(float[] vector) {
    if (vector.length != identity.dimension()) {
      throw new IllegalArgumentException(
          "a vector of length "
              + vector.length
              + " where "
              + identity.dimension()
              + " is expected");
    }
  }

  private static void checkLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (LuceneBank bank : banks.values()) {
      try {
        bank.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
