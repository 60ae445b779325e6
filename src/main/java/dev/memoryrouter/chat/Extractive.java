package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.upstream.extractive.ExtractiveAnswer;
import dev.memoryrouter.upstream.extractive.Passage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The built-in answer of a plain chat when no language model is reachable.
final class Extractive {
  static final String MODEL = "extractive";
  private static final String UPSTREAM = "built-in";

  private Extractive() {}

  /// @param candidates the models with why none of them answers
  static Answer answer(Plan plan, List<Candidate> candidates, List<Attempt> attempts) {
    List<Passage> passages = plan.offer().ranked().stream().map(Extractive::passage).toList();
    return new Answer.Streaming(
        served(plan, attempts),
        ExtractiveAnswer.answer(question(plan.conversation()), passages, reason(candidates)));
  }

  static Answer.Served served(Plan plan, List<Attempt> attempts) {
    Map<String, String> degraded = new LinkedHashMap<>(plan.degraded());
    degraded.put("model", "no-model-reachable");
    return new Answer.Served(MODEL, UPSTREAM, null, Route.FALLBACK, null, attempts, degraded);
  }

  private static Passage passage(Hit hit) {
    String heading = hit.headingPath().isEmpty() ? null : String.join(" > ", hit.headingPath());
    return new Passage(hit.file(), heading, hit.text());
  }

  private static String question(Conversation conversation) {
    HumanWords words = conversation.human();
    return words != null
        ? words.text()
        : conversation.request().messages().stream()
            .map(Message::text)
            .reduce((_, newest) -> newest)
            .orElse("");
  }

  private static String reason(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::reason).distinct().collect(Collectors.joining("; "));
  }
}
