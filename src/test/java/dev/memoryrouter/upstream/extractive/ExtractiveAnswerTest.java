package dev.memoryrouter.upstream.extractive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.upstream.Calls;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtractiveAnswerTest {
  private static final Passage STORAGE =
      new Passage(
          "techContext.md",
          "Storage",
          """
          Orders are kept in PostgreSQL 16.

          The cache is Valkey, with a time to live of ten minutes.

          Backups run every night at two.\
          """);
  private static final Passage TEAM =
      new Passage("projectbrief.md", null, "Three people work on this.");

  private static List<ChatEvent> answer(String question, Passage... passages) throws Exception {
    return Calls.all(ExtractiveAnswer.answer(question, List.of(passages), "Ollama does not run"));
  }

  @Test
  void answer_factInABank_isQuotedWithItsSource() throws Exception {
    List<ChatEvent> events = answer("Which cache do we use?", TEAM, STORAGE);

    String text = Calls.text(events);
    assertThat(text)
        .contains(
            "techContext.md > Storage", "The cache is Valkey, with a time to live of ten minutes.")
        .doesNotContain("Backups", "Three people");
    assertThat(events).endsWith(new ChatEvent.Finish(FinishReason.STOP));
    assertThat(events.size()).isGreaterThan(2);
  }

  @Test
  void answer_always_saysHowToGetAModel() throws Exception {
    assertThat(Calls.text(answer("cache?", STORAGE)))
        .endsWith(
            "No language model was reachable: Ollama does not run; start Ollama and run `ollama pull"
                + " <name>` with a model of config/models.yaml to get a written answer.");
    var given = ExtractiveAnswer.answer("x", List.of(), "run `ollama pull qwen3:30b`.");
    assertThat(Calls.text(Calls.all(given)))
        .endsWith("No language model was reachable: run `ollama pull qwen3:30b`.");
  }

  @Test
  void answer_wordOfTheHeading_quotesWhatIsBelow() throws Exception {
    assertThat(Calls.text(answer("storage?", TEAM, STORAGE)))
        .contains("PostgreSQL 16", "Valkey", "Backups");
  }

  @Test
  void answer_otherFormOfAWord_isFound() throws Exception {
    assertThat(Calls.text(answer("How often is a backup made?", STORAGE)))
        .contains("Backups run every night at two.");
  }

  @Test
  void answer_noWordInCommon_quotesTheBestPassage() throws Exception {
    assertThat(Calls.text(answer("Wie viele Leute?", TEAM, STORAGE)))
        .contains("projectbrief.md", "Three people work on this.")
        .doesNotContain("PostgreSQL");
  }

  @Test
  void answer_noPassage_saysSo() throws Exception {
    assertThat(Calls.text(answer("anything")))
        .startsWith("Nothing in the memory bank answers this question.");
  }

  @Test
  void answer_codeFence_staysWhole() throws Exception {
    var code = new Passage("a.md", "Run", "```\n# start\n\nmake serve\n```\n\nOther words.");

    assertThat(Calls.text(answer("make serve", code))).contains("```\n# start\n\nmake serve\n```");
  }

  @Test
  void answer_longParagraph_isReducedToWhatMatches() throws Exception {
    String filler = "This sentence is about something else altogether. ".repeat(20);
    var longOne =
        new Passage(
            "a.md",
            null,
            filler + "Tokens expire after nine hours. A renewed token lives on. " + filler);

    String text = Calls.text(answer("When do tokens expire?", longOne));

    assertThat(text)
        .contains("Tokens expire after nine hours. A renewed token lives on.\n\n")
        .doesNotContain("altogether");
  }
}
