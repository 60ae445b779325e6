package dev.memoryrouter.prompt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.upstream.ModelState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Learns, for each model, by how much our count of a prompt differs from what the model's upstream
/// reports: templates differ between versions by a constant. Says when a report is so much lower
/// that the upstream must have cut the prompt. Thread-safe.
public final class CountCalibration {
  /// Calls that are remembered for each model.
  private static final int WINDOW = 16;

  /// Calls after which a negative offset is believed; a positive one counts at once, since it means
  /// that prompts are longer than we think.
  private static final int ENOUGH = 3;

  /// Bounds of an offset. Beyond them it is no template, but a wrong tokenizer or a cut prompt.
  private static final int LEAST_OFFSET = -1024;

  private static final int MOST_OFFSET = 4096;

  /// Error of a learnt count that raises no alarm: tokens, and a share of the prompt.
  private static final int TOLERANCE_TOKENS = 64;

  private static final double TOLERANCE_SHARE = 0.1;

  /// Share of the sure part of a prompt that must be reported while nothing is learnt: with another
  /// tokenizer than ours a server counts less than half of a text full of digits.
  private static final double UNLEARNT_SHARE = 0.4;

  /// No server cuts a prompt to less than this. Where a long prompt is reported with fewer tokens,
  /// the server counts something else, such as what was not in its cache.
  private static final int LEAST_CUT = 1024;

  /// Prompts below this are not checked: what they could lose is less than what templates vary by.
  private static final int SHORTEST_CHECKED = 512;

  /// Keys that are remembered: sets of tools change with each agent and version.
  private static final int MOST_KEYS = 1_000;

  private final Cache<Key, Errors> errors = Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

  /// A model as one upstream serves it, with the tools that it is offered: how a template writes
  /// tools is most of what our counts cannot know.
  ///
  /// @param model key of `models.yaml`
  /// @param upstreamModel the name under which the upstream has it: another build may have another
  ///   template
  /// @param tools tells sets of tools apart; 0 for none
  public record Key(String model, String upstreamModel, int tools) {
    public static Key of(ModelState state, ChatRequest request) {
      String name = state.upstreamModel();
      int tools = request.tools().isEmpty() ? 0 : request.tools().hashCode();
      return new Key(state.key(), name == null ? "" : name, tools);
    }
  }

  /// Our count of a prompt, without any offset.
  ///
  /// @param counted the prompt as rendered
  /// @param certain the texts alone, which no template can be without
  public record Counted(int counted, int certain) {}

  /// What a report says about a prompt.
  public enum Finding {
    AS_COUNTED,
    TRUNCATED
  }

  /// Tokens to add to our counts for this model, from -1,024 to 4,096; 0 while nothing is known.
  /// The largest error of the last 16 calls, so that a prompt is rather counted too long.
  public int offset(Key key) {
    Errors known = errors.getIfPresent(key);
    return known == null ? 0 : known.offset();
  }

  /// Takes note of a reported prompt length. A report that shows a cut prompt teaches nothing.
  public Finding observe(Key key, Counted ours, int reported) {
    Errors known = errors.get(key, _ -> new Errors());
    if (ours.counted() >= SHORTEST_CHECKED && reported < known.least(ours)) {
      return reported < LEAST_CUT ? Finding.AS_COUNTED : Finding.TRUNCATED;
    }
    known.add(ours.counted(), reported);
    return Finding.AS_COUNTED;
  }

  /// What the last reports were beside our counts.
  private static final class Errors {
    private final Deque<Report> last = new ArrayDeque<>();

    private record Report(int counted, int reported) {
      int error() {
        return reported - counted;
      }

      double ratio() {
        return (double) reported / Math.max(1, counted);
      }
    }

    synchronized void add(int counted, int reported) {
      last.addLast(new Report(counted, reported));
      if (last.size() > WINDOW) {
        last.removeFirst();
      }
    }

    synchronized int offset() {
      int largest = last.stream().mapToInt(Report::error).max().orElse(0);
      boolean believed = largest > 0 || last.size() >= ENOUGH;
      return believed ? Math.clamp(largest, LEAST_OFFSET, MOST_OFFSET) : 0;
    }

    /// The least that the upstream can report for a whole prompt. Templates err by a constant and
    /// tokenizers by a share, so a report has to be too low for both. Short prompts say nothing
    /// about shares.
    synchronized double least(Counted ours) {
      List<Report> telling =
          last.stream().filter(report -> report.counted() >= SHORTEST_CHECKED).toList();
      if (telling.size() < ENOUGH) {
        return ours.certain() * UNLEARNT_SHARE;
      }
      int lowestError = telling.stream().mapToInt(Report::error).min().orElseThrow();
      double lowestRatio = telling.stream().mapToDouble(Report::ratio).min().orElseThrow();
      double whole =
          Math.min(ours.counted() + lowestError, ours.counted() * Math.min(1, lowestRatio));
      return whole - Math.max(TOLERANCE_TOKENS, ours.counted() * TOLERANCE_SHARE);
    }
  }
}
