package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.RouteChoice;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.routing.RuleRouter;
import dev.memoryrouter.routing.Signals;
import dev.memoryrouter.routing.TraceStep;
import dev.memoryrouter.routing.Utterance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which model should answer: the one asked for by name, else the conversation's model where it
/// must not change, else the rules' choice, unless a switch is not worth its cost.
final class RouteFinder {
  private final Setup setup;
  private final RoutingConfig routing;
  private final ConversationMemory<StickyRoute> routes;

  /// What the rules may look at besides the conversation.
  ///
  /// @param tokens of the request as received
  /// @param explicitModel key of a model asked for by name, null for none
  record Facts(
      Map<String, String> headers,
      @Nullable Bank bank,
      int tokens,
      @Nullable String explicitModel) {}

  RouteFinder(Setup setup, ConversationMemory<StickyRoute> routes) {
    this.setup = setup;
    this.routing = setup.configuration().routing();
    this.routes = routes;
  }

  Route route(Conversation conversation, Facts facts) {
    IntentResult intent = intent(conversation);
    List<TraceStep> trace = new ArrayList<>();
    String explicit = facts.explicitModel();
    if (explicit != null) {
      trace.add(new TraceStep("explicit-model", null, "chosen", explicit));
      return new Route(explicit, Route.EXPLICIT, intent, trace);
    }
    Optional<StickyRoute> sticky = sticky(conversation);
    if (sticky.isPresent() && mustStick(conversation, intent)) {
      String why =
          conversation.turn() == TurnKind.HUMAN ? "no-intent" : conversation.turn().label();
      trace.add(new TraceStep("sticky", null, "kept", sticky.get().model() + " (" + why + ")"));
      return new Route(sticky.get().model(), Route.STICKY, intent, trace);
    }
    RouteChoice choice = RuleRouter.choose(signals(conversation, facts, intent), routing);
    trace.addAll(choice.trace());
    return sticky
        .filter(
            old -> hasNoReason(choice, intent, trace) || switchTooSmall(old, choice, intent, trace))
        .map(old -> new Route(old.model(), Route.STICKY, intent, trace))
        .orElseGet(() -> new Route(choice.model(), choice.rule(), intent, trace));
  }

  private IntentResult intent(Conversation conversation) {
    HumanWords words = conversation.human();
    if (words == null) {
      return IntentResult.none();
    }
    int images = conversation.request().messages().get(words.message()).images();
    return setup.intents().classify(new Utterance(words.text(), conversation.mode(), images));
  }

  private Optional<StickyRoute> sticky(Conversation conversation) {
    if (conversation.helper() || beginsAnew(conversation.turn())) {
      return Optional.empty();
    }
    return routes
        .longestKnown(conversation.prefixes())
        .map(ConversationMemory.Match::value)
        .filter(route -> setup.configuration().models().models().containsKey(route.model()));
  }

  /// Equal first words are another conversation's.
  private static boolean beginsAnew(TurnKind turn) {
    return turn == TurnKind.FIRST || turn == TurnKind.SUBAGENT;
  }

  /// Within a tool loop the model does not change, and words without an intent of their own
  /// ("continue") change nothing either.
  private static boolean mustStick(Conversation conversation, IntentResult intent) {
    return switch (conversation.turn()) {
      case TOOL_LOOP, NUDGE, RESUME, CONDENSE -> true;
      case HUMAN -> intent.label().equals(IntentResult.NONE);
      case FIRST, SUBAGENT, COMMIT_MESSAGE, TITLE -> false;
    };
  }

  /// Words that no rule and no intent takes hold of are no reason to leave the conversation's model
  /// for the default one.
  private static boolean hasNoReason(
      RouteChoice choice, IntentResult intent, List<TraceStep> trace) {
    boolean noReason =
        choice.rule().equals(RouteChoice.DEFAULT) && intent.label().equals(IntentResult.UNSURE);
    if (noReason) {
      trace.add(new TraceStep("sticky", null, "kept", "unsure"));
    }
    return noReason;
  }

  /// A switch that rests on another intent must win by the configured margin over the intent that
  /// the conversation was routed by: it costs a model load and the prompt's evaluation.
  private boolean switchTooSmall(
      StickyRoute old, RouteChoice choice, IntentResult intent, List<TraceStep> trace) {
    Double before = intent.scores().get(old.intent());
    if (before == null
        || choice.model().equals(old.model())
        || intent.label().equals(old.intent())
        || !restsOnIntent(choice)) {
      return false;
    }
    double lead = intent.score() - before;
    boolean tooSmall = lead < routing.stickiness().switchMargin();
    trace.add(
        new TraceStep(
            "switch-margin",
            choice.rule(),
            tooSmall ? "kept " + old.model() : "switched",
            String.format(java.util.Locale.ROOT, "%.3f", lead)));
    return tooSmall;
  }

  /// Whether the rule that decided asks for an intent anywhere in its condition.
  private boolean restsOnIntent(RouteChoice choice) {
    return routing.rules().stream()
        .filter(rule -> rule.name().equals(choice.rule()))
        .anyMatch(rule -> rule.when().asksForIntent());
  }

  private Signals signals(Conversation conversation, Facts facts, IntentResult intent) {
    HumanWords words = conversation.human();
    Bank bank = facts.bank();
    return new Signals(
        conversation.client(),
        conversation.turn(),
        conversation.mode(),
        bank == null ? null : bank.name(),
        conversation.request().model(),
        words == null ? "" : words.text(),
        intent,
        facts.tokens(),
        conversation.request().images(),
        conversation.request().tools().size(),
        facts.headers());
  }
}
