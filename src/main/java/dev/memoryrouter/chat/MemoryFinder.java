package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.prompt.MemoryOffer;
import dev.memoryrouter.prompt.MemorySettings;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.tokens.TokenCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the memory that a turn may get. Helper calls get none; a step of a tool loop only what its
/// human turn would have got, and only when that is not known any more.
public final class MemoryFinder {
  private static final int MOST_SECTIONS = 12;
  private static final int MOST_PASSAGES = 40;
  private static final int SHORT_WORDS = 300;

  private final Retriever retriever;
  private final PromptFitter fitter;
  private final TokenCounter counter;

  public MemoryFinder(Retriever retriever, PromptFitter fitter, TokenCounter counter) {
    this.retriever = retriever;
    this.fitter = fitter;
    this.counter = counter;
  }

  /// What was found.
  ///
  /// @param degraded why less was found than could be; empty when nothing is amiss
  public record Found(MemoryOffer offer, Optional<String> degraded) {
    static Found nothing(String bank) {
      return new Found(new MemoryOffer(bank, List.of(), List.of()), Optional.empty());
    }
  }

  /// Finds memory for the newest human turn.
  ///
  /// @param bank null when the request has none
  public Found find(MemorySettings settings, Conversation conversation, @Nullable Bank bank) {
    if (bank == null) {
      return Found.nothing("");
    }
    HumanWords words = conversation.human();
    if (words == null
        || !takesMemory(conversation)
        || fitter.knowsNewestTurn(conversation, bank.name())) {
      return Found.nothing(bank.name());
    }
    List<Hit> whole = wholeBank(conversation, bank, settings);
    String query = query(conversation, words);
    return switch (retriever.sections(bank, query, MOST_SECTIONS)) {
      case SearchResult.Found(List<Hit> hits, @Nullable String degraded) ->
          new Found(
              new MemoryOffer(bank.name(), whole, withoutGiants(bank, query, hits, settings)),
              Optional.ofNullable(degraded));
      case SearchResult.NoIndex(_, String reason) ->
          new Found(new MemoryOffer(bank.name(), whole, List.of()), Optional.of(reason));
    };
  }

  /// Short words in the middle of a conversation ("and cap the wait at 30 s") say little without
  /// the task that they belong to.
  private static String query(Conversation conversation, HumanWords words) {
    String task = conversation.task();
    if (task == null || words.text().length() > SHORT_WORDS) {
      return words.text();
    }
    String opening = task.substring(0, Math.min(task.length(), SHORT_WORDS));
    return words.text() + "\n" + opening;
  }

  private static boolean takesMemory(Conversation conversation) {
    return switch (conversation.turn()) {
      case FIRST, HUMAN, SUBAGENT, TOOL_LOOP, NUDGE, RESUME -> !conversation.helper();
      case CONDENSE, TITLE, COMMIT_MESSAGE -> false;
    };
  }

  private List<Hit> wholeBank(Conversation conversation, Bank bank, MemorySettings settings) {
    if (!settings.wholeBank() || conversation.turn() != TurnKind.FIRST) {
      return List.of();
    }
    return retriever.coreSections(bank).stream().map(section -> hit(bank, section)).toList();
  }

  private Hit hit(Bank bank, Section section) {
    return new Hit(
        bank.name(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        1,
        counter.count(section.text()),
        section.text());
  }

  /// A section that would take most of the budget alone stands back for its passages that match.
  private List<Hit> withoutGiants(
      Bank bank, String query, List<Hit> sections, MemorySettings settings) {
    int giant = settings.budgetTokens() / 2;
    if (sections.stream().allMatch(section -> section.tokens() <= giant)) {
      return sections;
    }
    List<Hit> passages =
        retriever.search(bank, query, MOST_PASSAGES) instanceof SearchResult.Found found
            ? found.hits()
            : List.of();
    List<Hit> result = new ArrayList<>();
    for (Hit section : sections) {
      if (section.tokens() <= giant) {
        result.add(section);
      } else {
        passages.stream().filter(passage -> within(section, passage)).forEach(result::add);
      }
    }
    return result;
  }

  private static boolean within(Hit section, Hit passage) {
    return passage.file().equals(section.file())
        && passage.startLine() >= section.startLine()
        && passage.endLine() <= section.endLine();
  }
}
