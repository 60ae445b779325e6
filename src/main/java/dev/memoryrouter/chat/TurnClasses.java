package dev.memoryrouter.chat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.routing.Priority;
import dev.memoryrouter.routing.RoutingRule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// In which class a request waits: as the client asks where it may, else as the rule says, else by
/// the kind of turn. What a rule said of a conversation, and that it is a subagent's, holds for its
/// later turns, which no rule decides any more. Thread-safe.
final class TurnClasses {
  private static final int CONVERSATIONS = 10_000;

  private final Cache<String, PriorityClass> known =
      Caffeine.newBuilder().maximumSize(CONVERSATIONS).build();

  /// @param conversation identity of the conversation; null for a call beside it
  PriorityClass of(Plan plan, @Nullable String conversation, @Nullable PriorityClass asked) {
    if (asked != null) {
      return asked;
    }
    Optional<PriorityClass> ruled = ruled(plan);
    if (plan.conversation().helper()) {
      // The shipped rule for them says background, which is where everything else comes first.
      return ruled.filter(it -> it != PriorityClass.BACKGROUND).orElse(PriorityClass.HELPER);
    }
    PriorityClass byTurn = byTurn(plan);
    if (conversation == null) {
      return ruled.orElse(byTurn);
    }
    if (ruled.isPresent() || byTurn == PriorityClass.SUBAGENT) {
      known.put(conversation, ruled.orElse(byTurn));
    }
    PriorityClass lasting = known.getIfPresent(conversation);
    return lasting == null ? byTurn : lasting;
  }

  private static Optional<PriorityClass> ruled(Plan plan) {
    return plan.setup().configuration().routing().rules().stream()
        .filter(rule -> rule.name().equals(plan.route().rule()))
        .findFirst()
        .map(RoutingRule::priority)
        .map(TurnClasses::of);
  }

  private static PriorityClass of(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> PriorityClass.INTERACTIVE;
      case AGENT -> PriorityClass.AGENT;
      case SUBAGENT -> PriorityClass.SUBAGENT;
      case BACKGROUND -> PriorityClass.BACKGROUND;
    };
  }

  private static PriorityClass byTurn(Plan plan) {
    return switch (plan.conversation().turn()) {
      case FIRST, HUMAN -> PriorityClass.INTERACTIVE;
      case TOOL_LOOP, CONDENSE, NUDGE, RESUME -> PriorityClass.AGENT;
      case SUBAGENT -> PriorityClass.SUBAGENT;
      case COMMIT_MESSAGE, TITLE -> PriorityClass.HELPER;
    };
  }
}
