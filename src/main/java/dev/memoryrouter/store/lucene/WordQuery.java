package dev.memoryrouter.store.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
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
/// @param ceiling sum of the words' inverse document frequencies: what BM25 nears for a chunk that
///   is full of all of them
record WordQuery(Query query, float ceiling) {
  /// Words of a query that count at most.
  static final int MOST_WORDS = 64;

  static WordQuery of(String text, Analyzer analyzer, IndexReader reader) throws IOException {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    float ceiling = 0;
    for (Word word : rarest(words(text, analyzer), reader)) {
      ceiling += (float) word.idf;
      query.add(anywhere(word.text), BooleanClause.Occur.SHOULD);
    }
    return new WordQuery(query.build(), ceiling);
  }

  /// At most [#MOST_WORDS] words that the bank has, and as many that it has not. These find
  /// nothing, but raise the ceiling, so that a question about something else scores low everywhere.
  private static List<Word> rarest(Set<String> words, IndexReader reader) throws IOException {
    int chunks = Math.max(1, reader.getDocCount(Fields.TEXT_WORDS));
    List<Word> known = new ArrayList<>();
    List<Word> unknown = new ArrayList<>();
    for (String word : words) {
      int frequency = 0;
      for (Fields.Searched field : Fields.SEARCHED) {
        frequency = Math.max(frequency, reader.docFreq(new Term(field.name(), word)));
      }
      (frequency > 0 ? known : unknown).add(new Word(word, idf(frequency, chunks)));
    }
    known.sort(Comparator.comparingDouble(Word::idf).reversed().thenComparing(Word::text));
    return Stream.concat(known.stream().limit(MOST_WORDS), unknown.stream().limit(MOST_WORDS))
        .toList();
  }

  private static Set<String> words(String text, Analyzer analyzer) throws IOException {
    Set<String> words = new HashSet<>();
    try (TokenStream stream = analyzer.tokenStream(Fields.TEXT_WORDS, text)) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.add(word.toString());
      }
      stream.end();
    }
    return words;
  }

  private static Query anywhere(String word) {
    CombinedFieldQuery.Builder query = new CombinedFieldQuery.Builder(word);
    for (Fields.Searched field : Fields.SEARCHED) {
      query.addField(field.name(), field.weight());
    }
    return query.build();
  }

  /// As Lucene's BM25 computes it.
  private static double idf(int frequency, int chunks) {
    return Math.log1p((chunks - Math.min(frequency, chunks) + 0.5) / (frequency + 0.5));
  }

  private record Word(String text, double idf) {}
}
