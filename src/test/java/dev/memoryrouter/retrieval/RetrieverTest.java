package dev.memoryrouter.retrieval;

import static dev.memoryrouter.retrieval.Notes.BANK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.SearchResult.Found;
import dev.memoryrouter.retrieval.SearchResult.NoIndex;
import dev.memoryrouter.store.InMemoryVectorStore;
import dev.memoryrouter.tokens.TokenCounter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetrieverTest {
  private static final TokenCounter COUNTER =
      new TokenCounter() {
        @Override
        public String id() {
          return "characters";
        }

        @Override
        public int count(String text) {
          return text.length();
        }
      };

  private final Notes notes =
      new Notes()
          .put("auth.md", "# Tokens\ntokens expire after an hour\nrefresh tokens live a week")
          .put("progress.md", "# Done\nlogin page\n# Next\npayment page");
  private final InMemoryVectorStore store = new InMemoryVectorStore();
  private final Embedder embedder = new HashEmbedder();

  private Retriever retriever(Optional<Embedder> with) {
    return new Retriever(store, () -> with, COUNTER, notes::read);
  }

  private Retriever indexed() {
    new Indexer(
            notes::read,
            Notes::chunks,
            EmbedderHandle.of(embedder),
            store,
            InstantSource.fixed(Instant.EPOCH))
        .reindex(BANK, false, Progress.SILENT);
    return retriever(Optional.of(embedder));
  }

  @Test
  void search_question_bestChunkFirstWithItsPlace() {
    Found found = (Found) indexed().search(BANK, "when do tokens expire", 2);
    Hit best = found.hits().getFirst();
    assertThat(best.text()).isEqualTo("tokens expire after an hour");
    assertThat(List.of(best.bank(), best.file(), best.headingPath().getFirst()))
        .containsExactly("app", "auth.md", "Tokens");
    assertThat(List.of(best.startLine(), best.endLine())).containsExactly(2, 2);
    assertThat(best.tokens()).isEqualTo(best.text().length());
    assertThat(found.hits()).hasSize(2);
    assertThat(found.degraded()).isNull();
    assertThat(found.hits()).extracting(Hit::score).allMatch(score -> score >= 0 && score <= 1);
  }

  @Test
  void sections_twoChunksOfOne_wholeSectionOnce() {
    Found found = (Found) indexed().sections(BANK, "tokens", 10);
    Hit best = found.hits().getFirst();
    assertThat(best.text())
        .isEqualTo("# Tokens\ntokens expire after an hour\nrefresh tokens live a week");
    assertThat(List.of(best.startLine(), best.endLine())).containsExactly(1, 3);
    assertThat(found.hits()).extracting(Hit::heading).doesNotHaveDuplicates();
  }

  @Test
  void search_irrelevantQuestion_scoresBelowRelevantOne() {
    Retriever retriever = indexed();
    Found relevant = (Found) retriever.search(BANK, "tokens expire after an hour", 1);
    Found other = (Found) retriever.search(BANK, "quantum chromodynamics lattice", 1);
    assertThat(relevant.hits().getFirst().score()).isGreaterThan(0.9);
    assertThat(other.hits()).allMatch(hit -> hit.score() < 0.5);
  }

  @Test
  void search_noEmbedder_goesByWordsAndSaysSo() {
    indexed();
    Found found = (Found) retriever(Optional.empty()).search(BANK, "payment", 5);
    assertThat(found.degraded()).isEqualTo("no-embedder");
    assertThat(found.hits()).extracting(Hit::text).containsExactly("payment page");
  }

  @Test
  void search_noIndex_isAValue() {
    SearchResult result = retriever(Optional.of(embedder)).search(BANK, "anything", 5);
    assertThat(result).isInstanceOf(NoIndex.class);
    assertThat(((NoIndex) result).reason()).contains("app").contains("reindex");
  }

  @Test
  void search_indexOfEmptyBank_findsNothing() {
    notes.remove("auth.md");
    notes.remove("progress.md");
    assertThat(((Found) indexed().search(BANK, "anything", 5)).hits()).isEmpty();
  }

  @Test
  void search_blankQueryOrNoLimit_isRefused() {
    Retriever retriever = indexed();
    assertThatThrownBy(() -> retriever.search(BANK, " \n\t", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    assertThatThrownBy(() -> retriever.sections(BANK, "x", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit");
  }

  @Test
  void search_hugeQuery_works() {
    String query = "log line 😀 ".repeat(20_000) + "when do tokens expire";
    assertThat(((Found) indexed().search(BANK, query, 3)).hits()).isNotEmpty();
  }

  @Test
  void forMeaning_longText_keepsBothEndsAndNoHalfCharacter() {
    for (int shift = 0; shift < 2; shift++) {
      String text = "x".repeat(shift) + "😀".repeat(10_000) + "end";
      String part = QueryText.forMeaning(text);
      assertThat(part.length()).isBetween(7_900, 8_001);
      assertThat(part).endsWith("😀end");
      assertThat(part.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF)).isTrue();
    }
  }

  @Test
  void coreSections_bank_onlyCoreFilesInOrder() {
    assertThat(retriever(Optional.empty()).coreSections(BANK))
        .extracting(Section::heading)
        .containsExactly("Done", "Next");
  }
}
