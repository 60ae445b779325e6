package dev.memoryrouter.store.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CombinedFieldQuery;
import org.apache.lucene.search.Query;

/// A user's words as a query: each word scores over file name, headings and text together (BM25F).
/// The words are never parsed, so no text can be malformed; of a long text the rarest words count.
///
/// @param query matches nothing if the text has no words
/// @param ceiling see [QueryWords#ceiling]
record WordQuery(Query query, float ceiling) {
  static WordQuery of(String text, IndexReader reader) throws IOException {
    int chunks = reader.getDocCount(Fields.TEXT_WORDS);
    QueryWords words = QueryWords.of(text, chunks, word -> frequency(word, reader));
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    words.words().forEach(word -> query.add(anywhere(word.text()), BooleanClause.Occur.SHOULD));
    return new WordQuery(query.build(), words.ceiling());
  }

  private static int frequency(String word, IndexReader reader) {
    int frequency = 0;
    try {
      for (Fields.Searched field : Fields.SEARCHED) {
        frequency = Math.max(frequency, reader.docFreq(new Term(field.name(), word)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frequency;
  }

  private static Query anywhere(String word) {
    CombinedFieldQuery.Builder query = new CombinedFieldQuery.Builder(word);
    for (Fields.Searched field : Fields.SEARCHED) {
      query.addField(field.name(), field.weight());
    }
    return query.build();
  }
}
