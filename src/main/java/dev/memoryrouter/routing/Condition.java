package dev.memoryrouter.routing;

import com.google.re2j.Pattern;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// What a rule asks of a request. Two conditions that ask the same are equal, in whatever order
/// their parts are written.
public sealed interface Condition {
  /// The turn's intent is one of these.
  record Intent(Set<String> labels) implements Condition {
    public Intent {
      labels = ordered(labels);
    }
  }

  /// The turn is of one of these kinds.
  record Turn(Set<TurnKind> kinds) implements Condition {
    public Turn {
      kinds = ordered(kinds);
    }
  }

  /// The agent is in one of these modes; never holds when it does not say.
  record ModeIs(Set<Mode> modes) implements Condition {
    public ModeIs {
      modes = ordered(modes);
    }
  }

  /// One of these agents asks.
  record Client(Set<ClientKind> kinds) implements Condition {
    public Client {
      kinds = ordered(kinds);
    }
  }

  /// The client asked for one of these names.
  record Model(Set<String> names) implements Condition {
    public Model {
      names = ordered(names);
    }
  }

  /// One of these banks serves the request.
  record Bank(Set<String> names) implements Condition {
    public Bank {
      names = ordered(names);
    }
  }

  /// The intent's score is within bounds, both inclusive.
  record IntentScore(double min, double max) implements Condition {}

  /// The request's tokens are within bounds, both inclusive.
  record Tokens(int min, int max) implements Condition {}

  /// The number of images is within bounds, both inclusive.
  record Images(int min, int max) implements Condition {}

  /// The number of tools offered is within bounds, both inclusive.
  record Tools(int min, int max) implements Condition {}

  /// A header is there and the pattern is found in it.
  ///
  /// @param name in lower case
  record Header(String name, Pattern pattern) implements Condition {}

  /// The pattern is found in the person's words.
  record Text(Pattern pattern) implements Condition {
    /// Characters that are looked at.
    public static final int LIMIT = 32 * 1024;
  }

  /// All of these hold; so holds the empty one.
  record All(Set<Condition> parts) implements Condition {
    public All {
      parts = ordered(parts);
    }
  }

  /// At least one of these holds.
  record Any(Set<Condition> parts) implements Condition {
    public Any {
      parts = ordered(parts);
    }
  }

  /// This does not hold.
  record Not(Condition part) implements Condition {}

  /// Always holds.
  record Always() implements Condition {}

  /// Whether it depends on what the words are about.
  default boolean asksForIntent() {
    return switch (this) {
      case Intent _, IntentScore _ -> true;
      case All(Set<Condition> parts) -> parts.stream().anyMatch(Condition::asksForIntent);
      case Any(Set<Condition> parts) -> parts.stream().anyMatch(Condition::asksForIntent);
      case Not(Condition part) -> part.asksForIntent();
      case Turn _,
          ModeIs _,
          Client _,
          Model _,
          Bank _,
          Tokens _,
          Images _,
          Tools _,
          Header _,
          Text _,
          Always _ ->
          false;
    };
  }

  private static <T> Set<T> ordered(Collection<T> values) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }
}
