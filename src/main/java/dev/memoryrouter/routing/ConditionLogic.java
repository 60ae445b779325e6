package dev.memoryrouter.routing;

import dev.memoryrouter.routing.Condition.All;
import dev.memoryrouter.routing.Condition.Always;
import dev.memoryrouter.routing.Condition.Any;
import dev.memoryrouter.routing.Condition.Bank;
import dev.memoryrouter.routing.Condition.Client;
import dev.memoryrouter.routing.Condition.Images;
import dev.memoryrouter.routing.Condition.Intent;
import dev.memoryrouter.routing.Condition.IntentScore;
import dev.memoryrouter.routing.Condition.ModeIs;
import dev.memoryrouter.routing.Condition.Model;
import dev.memoryrouter.routing.Condition.Not;
import dev.memoryrouter.routing.Condition.Tokens;
import dev.memoryrouter.routing.Condition.Tools;
import dev.memoryrouter.routing.Condition.Turn;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What follows from the form of conditions alone. Sound, not complete: a `true` is certain, a
/// `false` means that nothing is known.
public final class ConditionLogic {
  private ConditionLogic() {}

  /// Whether the second holds whenever the first does.
  public static boolean implies(Condition first, Condition second) {
    if (first.equals(second) || second instanceof Always) {
      return true;
    }
    if (second instanceof All(Set<Condition> parts)) {
      return parts.stream().allMatch(part -> implies(first, part));
    }
    if (first instanceof Any(Set<Condition> parts)) {
      return parts.stream().allMatch(part -> implies(part, second));
    }
    return someImplies(first, second) || simpleImplies(first, second);
  }

  private static boolean someImplies(Condition first, Condition second) {
    return (first instanceof All(Set<Condition> parts)
            && parts.stream().anyMatch(part -> implies(part, second)))
        || (second instanceof Any(Set<Condition> options)
            && options.stream().anyMatch(option -> implies(first, option)));
  }

  private static boolean simpleImplies(Condition first, Condition second) {
    if (second instanceof Not(Condition denied)) {
      return excludes(first, denied);
    }
    if (!first.getClass().equals(second.getClass())) {
      return false;
    }
    Set<?> values = values(first);
    if (values != null) {
      return values(second) instanceof Set<?> wider && wider.containsAll(values);
    }
    Range range = Range.of(first);
    Range other = Range.of(second);
    return range != null && other != null && other.min <= range.min && range.max <= other.max;
  }

  /// Whether the two never hold together.
  public static boolean excludes(Condition one, Condition other) {
    return excludesOneWay(one, other) || excludesOneWay(other, one);
  }

  private static boolean excludesOneWay(Condition one, Condition other) {
    return switch (one) {
      case All(Set<Condition> parts) -> parts.stream().anyMatch(part -> excludes(part, other));
      case Any(Set<Condition> parts) -> parts.stream().allMatch(part -> excludes(part, other));
      case Not(Condition denied) -> implies(other, denied);
      default -> one.getClass().equals(other.getClass()) && disjoint(one, other);
    };
  }

  private static boolean disjoint(Condition one, Condition other) {
    Set<?> values = values(one);
    if (values != null) {
      return values(other) instanceof Set<?> others && Collections.disjoint(values, others);
    }
    Range range = Range.of(one);
    Range second = Range.of(other);
    return range != null && second != null && (range.max < second.min || second.max < range.min);
  }

  /// Whether it never holds, because its parts exclude each other.
  public static boolean impossible(Condition condition) {
    return switch (condition) {
      case All(Set<Condition> parts) ->
          parts.stream()
              .anyMatch(part ->
                  impossible(part) || parts.stream().anyMatch(other -> excludes(part, other)));
      case Any(Set<Condition> parts) -> parts.stream().allMatch(ConditionLogic::impossible);
      case Not(Condition denied) -> denied instanceof Always;
      default -> false;
    };
  }

  /// The values of which one must be the request's; null when the condition is none of these.
  private static @Nullable Set<?> values(Condition condition) {
    return switch (condition) {
      case Intent(Set<String> labels) -> labels;
      case Turn(var kinds) -> kinds;
      case ModeIs(var modes) -> modes;
      case Client(var kinds) -> kinds;
      case Model(Set<String> names) -> names;
      case Bank(Set<String> names) -> names;
      default -> null;
    };
  }

  private record Range(double min, double max) {
    static @Nullable Range of(Condition condition) {
      return switch (condition) {
        case IntentScore(double min, double max) -> new Range(min, max);
        case Tokens(int min, int max) -> new Range(min, max);
        case Images(int min, int max) -> new Range(min, max);
        case Tools(int min, int max) -> new Range(min, max);
        default -> null;
      };
    }
  }
}
