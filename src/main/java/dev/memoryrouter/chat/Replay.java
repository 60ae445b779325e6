package dev.memoryrouter.chat;

import dev.memoryrouter.routing.Requested;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Decides recorded requests anew. Each is taken by itself: what served a conversation until then
/// is as it was recorded. What the requested name stands for is looked up anew.
public final class Replay {
  private static final String NONE = "none";

  private final Setup setup;

  public Replay(Setup setup) {
    this.setup = setup;
  }

  /// A decision that another model would get.
  ///
  /// @param modelAfter `none` when nothing has the requested name any more; the rule is then
  ///   `model_not_found`
  /// @param line of the recording, from 1
  /// @param time of the recorded decision, ISO 8601
  public record Change(
      int line,
      String time,
      String turn,
      String modelBefore,
      String ruleBefore,
      String modelAfter,
      String ruleAfter) {}

  /// A line that holds no decision.
  ///
  /// @param line from 1
  public record Damage(int line, String reason) {}

  /// What a replay found.
  ///
  /// @param decisions that could be decided anew
  public record Report(int decisions, List<Change> changes, List<Damage> damaged) {}

  /// Decides a whole recording anew; blank lines do not count.
  public Report run(BufferedReader recording) throws IOException {
    List<Change> changes = new ArrayList<>();
    List<Damage> damaged = new ArrayList<>();
    int decisions = 0;
    int number = 0;
    for (String line = recording.readLine(); line != null; line = recording.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        replay(number, RecordedDecision.of(line), changes);
        decisions++;
      } catch (IllegalArgumentException e) {
        damaged.add(new Damage(number, String.valueOf(e.getMessage())));
      }
    }
    return new Report(decisions, List.copyOf(changes), List.copyOf(damaged));
  }

  private void replay(int line, RecordedDecision recorded, List<Change> changes) {
    RouteQuestion question = recorded.question();
    switch (setup.names().resolve(question.requestedModel())) {
      case Requested.Unknown _ -> changes.add(change(line, recorded, NONE, "model_not_found"));
      case Requested.Explicit(String model) ->
          replay(line, recorded, question.asking(model), changes);
      case Requested.Alias _ -> replay(line, recorded, question.asking(null), changes);
    }
  }

  private void replay(
      int line, RecordedDecision recorded, RouteQuestion question, List<Change> changes) {
    Route route = setup.routes().route(question);
    if (!route.model().equals(recorded.model())) {
      changes.add(change(line, recorded, route.model(), route.rule()));
    }
  }

  private static Change change(
      int line, RecordedDecision recorded, String modelAfter, String ruleAfter) {
    return new Change(
        line,
        recorded.time(),
        recorded.question().turn().label(),
        recorded.model(),
        recorded.rule(),
        modelAfter,
        ruleAfter);
  }
}
