package dev.memoryrouter.chat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.RouteChoice;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.routing.RuleRouter;
import dev.memoryrouter.routing.TraceStep;
import dev.memoryrouter.routing.Utterance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which model should answer: the one asked for by name, else the conversation's model where it
/// must not change, else the rules' choice, unless a switch is not worth its cost. The same
/// question always has the same answer. Thread-safe.
public final class RouteFinder {
  private static final long MAX_CHARACTERS = 2L << 20;

  /// About what a result takes besides the words.
  private static final int ENTRY = 300;

  private final RoutingConfig routing;
  private final IntentClassifier intents;
  private final Set<String> models;

  /// The steps of a tool loop all ask about the same words.
  private final Cache<Utterance, IntentResult> told =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARACTERS)
          .<Utterance, IntentResult>weigher((said, _) -> ENTRY + said.text().length())
          .build();

  /// @param models keys of the configured models
  RouteFinder(RoutingConfig routing, IntentClassifier intents, Set<String> models) {
    this.routing = routing;
    this.intents = intents;
    this.models = models;
  }

  Route route(RouteQuestion question) {
    return new Decision(question).route();
  }

  private IntentResult classify(Utterance said) {
    IntentResult known = told.getIfPresent(said);
    if (known != null) {
      return known;
    }
    IntentResult result = intents.classify(said);
    if (!result.provisional()) {
      told.put(said, result);
    }
    return result;
  }

  /// One decision with its trace.
  private final class Decision {
    private final RouteQuestion question;
    private final List<TraceStep> trace = new ArrayList<>();
    private final @Nullable StickyRoute before;
    private final IntentResult intent;

    Decision(RouteQuestion question) {
      this.question = question;
      before = before();
      intent = intent();
    }

    Route route() {
      String explicit = question.explicitModel();
      if (explicit != null) {
        step("explicit-model", null, "chosen", explicit);
        return new Route(explicit, Route.EXPLICIT, intent, null, trace);
      }
      if (before != null && !decides(before)) {
        return kept(before, question.turn().label());
      }
      RouteChoice choice = RuleRouter.choose(question.signals(intent), routing);
      trace.addAll(choice.trace());
      if (question.helper()) {
        return forHelper(choice);
      }
      return before == null ? unlessLoaded(choice) : atHumanTurn(before, choice);
    }

    /// A person speaks, or changed the mode without a word.
    private boolean decides(StickyRoute old) {
      return switch (question.turn()) {
        case HUMAN -> true;
        case TOOL_LOOP, RESUME -> isToggled(old.mode());
        case FIRST, SUBAGENT, CONDENSE, COMMIT_MESSAGE, TITLE, NUDGE -> false;
      };
    }

    /// A helper call has no part in the conversation, and equal first words are another
    /// conversation's.
    private @Nullable StickyRoute before() {
      StickyRoute known = question.before();
      boolean beginsAnew =
          question.turn() == TurnKind.FIRST || question.turn() == TurnKind.SUBAGENT;
      if (known == null || question.helper() || beginsAnew) {
        return null;
      }
      if (!models.contains(known.model())) {
        step("sticky", null, "not-configured", known.model());
        return null;
      }
      return known;
    }

    /// In a conversation that is not known, words that say too little are read with the task that
    /// they belong to.
    private IntentResult intent() {
      IntentResult said = classify(question.said(question.words()));
      step("intent", null, said.label(), said.basis());
      String task = question.task();
      if (before != null || task == null || !isOpen(said)) {
        return said;
      }
      IntentResult meant = classify(question.said(task + "\n" + question.words()));
      if (isOpen(meant)) {
        return said;
      }
      step("intent", null, "with-task", "intent=" + meant.label() + ", " + meant.basis());
      return meant;
    }

    private Route kept(StickyRoute old, String why) {
      step("sticky", null, "kept", old.model() + " (" + why + ")");
      return new Route(old.model(), Route.STICKY, intent, old, trace);
    }

    private Route chosen(RouteChoice choice) {
      return new Route(choice.model(), choice.rule(), intent, null, trace);
    }

    /// A helper call is worth no model load and no wait.
    private Route forHelper(RouteChoice choice) {
      List<String> order = new ArrayList<>(List.of(choice.model()));
      order.addAll(routing.fallbacksOf(choice.model()));
      order.addAll(models);
      return order.stream()
          .filter(model -> question.idle().contains(model) && question.able().contains(model))
          .findFirst()
          .filter(model -> !model.equals(choice.model()))
          .map(model -> instead(model, choice.rule(), "loaded and free"))
          .orElseGet(() -> chosen(choice));
    }

    private Route atHumanTurn(StickyRoute old, RouteChoice choice) {
      if (!question.able().contains(old.model())) {
        step("switch", null, "forced", old.model() + " cannot serve this request now");
        return unlessLoaded(choice);
      }
      if (choice.model().equals(old.model())) {
        return chosen(choice);
      }
      if (!restsOnIntent(choice)) {
        step("switch", choice.rule(), "forced", choice.value());
        return chosen(choice);
      }
      if (intent.label().equals(IntentResult.NONE)) {
        return kept(old, intent.label());
      }
      if (hasNoReason(choice)) {
        return leaning(old).orElseGet(() -> kept(old, intent.label()));
      }
      if (isToggled(old.mode())) {
        step("switch", choice.rule(), "mode-toggled", "mode=" + question.mode());
        return chosen(choice);
      }
      return isWorthIt(old, choice) ? chosen(choice) : kept(old, "switch-margin");
    }

    /// The route of the best intent where none stands out, if that one is ahead of the
    /// conversation's by the margin all the same.
    private Optional<Route> leaning(StickyRoute old) {
      IntentResult best = intent.supposing(bestLabel());
      RouteChoice choice = RuleRouter.choose(question.signals(best), routing);
      boolean other =
          intent.scores().containsKey(old.intent())
              && !best.label().equals(old.intent())
              && !choice.rule().equals(RouteChoice.DEFAULT)
              && !choice.model().equals(old.model());
      return other && isWorthIt(old, choice)
          ? Optional.of(new Route(choice.model(), choice.rule(), best, null, trace))
          : Optional.empty();
    }

    private String bestLabel() {
      return intent.scores().entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse(IntentResult.UNSURE);
    }

    /// Words that no rule and no intent takes hold of are no reason to leave the conversation's
    /// model for the default one.
    private boolean hasNoReason(RouteChoice choice) {
      return choice.rule().equals(RouteChoice.DEFAULT)
          && intent.label().equals(IntentResult.UNSURE);
    }

    private boolean isToggled(@Nullable Mode old) {
      Mode now = question.mode();
      return now != null && old != null && now != old;
    }

    /// A switch that rests on another intent must win by the configured margin over the intent that
    /// the conversation was routed by: it costs a model load and the prompt's evaluation.
    private boolean isWorthIt(StickyRoute old, RouteChoice choice) {
      Double score = intent.scores().get(old.intent());
      if (score == null || intent.label().equals(old.intent())) {
        return true;
      }
      double lead = intent.score() + bonus(choice.model()) - score - bonus(old.model());
      boolean worth = lead >= routing.stickiness().switchMargin();
      step(
          "switch-margin",
          choice.rule(),
          worth ? "switched" : "kept " + old.model(),
          String.format(Locale.ROOT, "%.3f", lead));
      return worth;
    }

    private double bonus(String model) {
      return question.resident().contains(model) ? routing.stickiness().residentBonus() : 0;
    }

    /// The rules' choice, unless its model is not loaded and another intent, nearly as likely,
    /// leads to one that is.
    private Route unlessLoaded(RouteChoice choice) {
      if (!restsOnIntent(choice) || question.resident().contains(choice.model())) {
        return chosen(choice);
      }
      return intent.scores().entrySet().stream()
          .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
          .filter(other -> !other.getKey().equals(intent.label()))
          .filter(other -> other.getValue() + routing.stickiness().residentBonus() >= best())
          .flatMap(other -> loaded(other.getKey()).stream())
          .findFirst()
          .map(other -> instead(other.model(), other.rule(), "loaded"))
          .orElseGet(() -> chosen(choice));
    }

    private double best() {
      return intent.scores().values().stream().mapToDouble(it -> it).max().orElse(0);
    }

    private Optional<RouteChoice> loaded(String label) {
      RouteChoice choice = RuleRouter.choose(question.signals(intent.supposing(label)), routing);
      boolean usable =
          question.resident().contains(choice.model()) && question.able().contains(choice.model());
      return usable && restsOnIntent(choice) && !choice.rule().equals(RouteChoice.DEFAULT)
          ? Optional.of(choice)
          : Optional.empty();
    }

    private Route instead(String model, String rule, String why) {
      step("resident", rule, "preferred", model + " is " + why);
      return new Route(model, rule, intent, null, trace);
    }

    /// Whether the rule that decided asks for an intent anywhere in its condition, or none did.
    private boolean restsOnIntent(RouteChoice choice) {
      return choice.rule().equals(RouteChoice.DEFAULT)
          || routing.rules().stream()
              .filter(rule -> rule.name().equals(choice.rule()))
              .anyMatch(rule -> rule.when().asksForIntent());
    }

    private void step(String step, @Nullable String rule, String result, @Nullable String value) {
      trace.add(new TraceStep(step, rule, result, value));
    }
  }

  private static boolean isOpen(IntentResult intent) {
    return intent.label().equals(IntentResult.NONE) || intent.label().equals(IntentResult.UNSURE);
  }
}
