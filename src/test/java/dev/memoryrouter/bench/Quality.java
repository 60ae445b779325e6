package dev.memoryrouter.bench;

import dev.memoryrouter.bench.LabelledBanks.Question;
import dev.memoryrouter.embedding.CachingEmbedder;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.IndexReport;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Progress;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/// How well retrieval finds what the labelled banks answer, and what a minimum score costs and
/// saves. Also indexes the banks, which is what indexing is timed with.
final class Quality {
  /// Sections that a turn is offered at most.
  private static final int OFFERED = 12;

  private static final int RECALLED = 5;

  private static final List<Double> LEAST =
      List.of(0.0, 0.05, 0.08, 0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18, 0.2, 0.25, 0.3);

  private static final int CANDIDATES = 200;
  private static final long CACHE_BYTES = 16L << 20;

  private final List<String> lines = new ArrayList<>();
  private final List<Bank> banks;
  private final VectorStore store;
  private final Embedder embedder;
  private final Retriever fused;
  private final Retriever words;

  private Quality(List<Bank> banks, VectorStore store, Embedder embedder) {
    this.banks = banks;
    this.store = store;
    this.embedder = embedder;
    fused = retriever(Optional.of(embedder));
    words = retriever(Optional.empty());
  }

  private Retriever retriever(Optional<Embedder> with) {
    return new Retriever(store, () -> with, TokenCounters.of("qwen"), new BankReader()::read);
  }

  /// Figures as Markdown.
  ///
  /// @param folder for the index
  static List<String> lines(Path folder) throws IOException {
    var identity =
        new IndexIdentity(MiniLmEmbedder.MODEL, MiniLmEmbedder.DIMENSION, Chunker.VERSION);
    try (MiniLmEmbedder model = MiniLmEmbedder.load();
        VectorStore store = LuceneVectorStore.open(folder, identity)) {
      var quality =
          new Quality(LabelledBanks.all(), store, new CachingEmbedder(model, CACHE_BYTES));
      quality.index(EmbedderHandle.of(model));
      quality.rankings();
      quality.minimumScores();
      return quality.lines;
    }
  }

  private void index(EmbedderHandle handle) {
    Chunker chunker = new Chunker(WordPieces.miniLm());
    var indexer =
        new Indexer(new BankReader()::read, chunker::chunks, handle, store, InstantSource.system());
    lines.add("| reindex from nothing | files | sections | chunks | seconds | chunks per second |");
    lines.add("|---|---|---|---|---|---|");
    List<IndexReport> reports =
        banks.stream().map(bank -> indexer.reindex(bank, false, Progress.SILENT)).toList();
    IndexReport largest = reports.stream().max((a, b) -> a.chunks() - b.chunks()).orElseThrow();
    lines.add(row("largest bank", List.of(largest)));
    lines.add(row("all " + banks.size() + " banks", reports));
    Bank again =
        banks.stream().filter(bank -> bank.name().equals(largest.bank())).findFirst().orElseThrow();
    lines.add(
        row(
            "largest bank, nothing changed",
            List.of(indexer.reindex(again, false, Progress.SILENT))));
    lines.add("");
  }

  private static String row(String what, List<IndexReport> reports) {
    double seconds = reports.stream().mapToDouble(IndexReport::seconds).sum();
    int embedded = reports.stream().mapToInt(IndexReport::embedded).sum();
    return "| %s | %d | %d | %d | %s | %s |"
        .formatted(
            what,
            reports.stream().mapToInt(IndexReport::files).sum(),
            reports.stream().mapToInt(IndexReport::sections).sum(),
            reports.stream().mapToInt(IndexReport::chunks).sum(),
            Figures.format(seconds),
            embedded == 0 ? "–" : Figures.format(embedded / seconds));
  }

  private void rankings() throws IOException {
    Map<String, Search> ways = new LinkedHashMap<>();
    ways.put("meaning alone", this::near);
    ways.put("words alone", (bank, query) -> sections(words, bank, query, CANDIDATES));
    ways.put("both, as shipped", (bank, query) -> sections(fused, bank, query, CANDIDATES));
    lines.add("| ranking | nDCG@10 | recall@5 | MRR@10 |");
    lines.add("|---|---|---|---|");
    for (Map.Entry<String, Search> way : ways.entrySet()) {
      List<Asked> asked = ask(way.getValue());
      lines.add(
          "| %s | %.3f | %.3f | %.3f |"
              .formatted(
                  way.getKey(),
                  mean(asked, Question::ndcg),
                  mean(asked, (question, hits) -> question.recall(hits, RECALLED)),
                  mean(asked, Question::reciprocalRank)));
    }
    lines.add("");
  }

  private List<Asked> ask(Search search) throws IOException {
    List<Asked> asked = new ArrayList<>();
    for (Bank bank : banks) {
      for (Question question : LabelledBanks.questions(bank)) {
        if (question.answerable()) {
          asked.add(new Asked(question, search.search(bank, question.text())));
        }
      }
    }
    return asked;
  }

  private static double mean(List<Asked> asked, ToDoubleBiFunction<Question, List<Hit>> figure) {
    return asked.stream()
        .mapToDouble(one -> figure.applyAsDouble(one.question(), one.hits()))
        .average()
        .orElse(0);
  }

  /// Each question is asked of its own bank and of every other one, which cannot know the answer.
  private void minimumScores() throws IOException {
    List<Asked> own = ask((bank, query) -> sections(fused, bank, query, OFFERED));
    List<List<Hit>> strange = new ArrayList<>();
    List<List<Hit>> unanswerable = new ArrayList<>();
    for (int i = 0; i < banks.size(); i++) {
      for (Question question : LabelledBanks.questions(banks.get(i))) {
        if (!question.answerable()) {
          unanswerable.add(sections(fused, banks.get(i), question.text(), OFFERED));
        }
        for (int other : List.of(1, 4, 7)) {
          Bank bank = banks.get((i + other) % banks.size());
          strange.add(sections(fused, bank, question.text(), OFFERED));
        }
      }
    }
    double recall5 = mean(own, (question, hits) -> question.recall(hits, RECALLED));
    double recall12 = mean(own, (question, hits) -> question.recall(hits, OFFERED));
    lines.add(
        "| min-score | recall@5 | lost | recall@12 | lost | own bank silent | sections sent, own bank | wrong bank silent | sections sent, wrong bank | unanswerable silent |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|");
    for (double least : LEAST) {
      double at5 = mean(own, (question, hits) -> question.recall(above(hits, least), RECALLED));
      double at12 = mean(own, (question, hits) -> question.recall(above(hits, least), OFFERED));
      List<List<Hit>> answers = own.stream().map(Asked::hits).toList();
      lines.add(
          "| %.2f | %.3f | %.1f %% | %.3f | %.1f %% | %.0f %% | %.1f | %.0f %% | %.1f | %.0f %% |"
              .formatted(
                  least,
                  at5,
                  100 * (1 - at5 / recall5),
                  at12,
                  100 * (1 - at12 / recall12),
                  100 * silent(answers, least),
                  sent(answers, least),
                  100 * silent(strange, least),
                  sent(strange, least),
                  100 * silent(unanswerable, least)));
    }
    lines.add("");
  }

  private static List<Hit> above(List<Hit> hits, double least) {
    return hits.stream().filter(hit -> hit.score() >= least).toList();
  }

  private static double silent(List<List<Hit>> answers, double least) {
    return (double) answers.stream().filter(hits -> above(hits, least).isEmpty()).count()
        / answers.size();
  }

  private static double sent(List<List<Hit>> answers, double least) {
    return answers.stream().mapToInt(hits -> above(hits, least).size()).average().orElse(0);
  }

  private static List<Hit> sections(Retriever retriever, Bank bank, String query, int limit) {
    return switch (retriever.sections(bank, query, limit)) {
      case SearchResult.Found found -> found.hits();
      case SearchResult.NoIndex missing -> throw new IllegalStateException(missing.reason());
    };
  }

  /// Sections by the cosine of their best chunk.
  private List<Hit> near(Bank bank, String query) throws IOException {
    Map<String, Float> scores = new LinkedHashMap<>();
    for (Scored scored : store.nearest(bank.name(), embedder.embed(query), CANDIDATES)) {
      scores.putIfAbsent(scored.chunk().sectionId(), scored.score());
    }
    Map<String, SectionRecord> sections = store.sections(bank.name(), scores.keySet());
    List<Hit> hits = new ArrayList<>();
    scores.forEach((id, score) -> {
      SectionRecord section = sections.get(id);
      if (section != null) {
        hits.add(hit(bank, section, score));
      }
    });
    return hits;
  }

  private static Hit hit(Bank bank, SectionRecord section, double score) {
    return new Hit(
        bank.name(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        score,
        0,
        section.text());
  }

  private record Asked(Question question, List<Hit> hits) {}

  @FunctionalInterface
  private interface Search {
    List<Hit> search(Bank bank, String query) throws IOException;
  }
}
