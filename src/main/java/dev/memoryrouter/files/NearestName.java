package dev.memoryrouter.files;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the name that a mistyped one was probably meant to be.
public final class NearestName {
  private NearestName() {}

  /// The known name with the fewest typing errors between, if they are few for its length.
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= tolerance(name))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /// A clause for the end of a message: the nearest name, else all that are known.
  public static String hint(String name, Collection<String> known) {
    return of(name, known)
        .map(nearest -> "did you mean \"" + nearest + "\"?")
        .orElseGet(
            () -> known.isEmpty() ? "none is known here" : "known: " + String.join(", ", known));
  }

  private static int tolerance(String name) {
    return Math.max(1, name.length() / 3);
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  private static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, to, i, j);
      }
    }
    return cost[from.length()][to.length()];
  }

  private static int cheapest(int[][] cost, String from, String to, int i, int j) {
    boolean same = same(from.charAt(i - 1), to.charAt(j - 1));
    int best = cost[i - 1][j - 1] + (same ? 0 : 1);
    best = Math.min(best, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && same(from.charAt(i - 1), to.charAt(j - 2))
            && same(from.charAt(i - 2), to.charAt(j - 1));
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }

  /// `_` for `-` and a wrong case are no typing errors worth counting.
  private static boolean same(char a, char b) {
    return normal(a) == normal(b);
  }

  private static char normal(char c) {
    return c == '_' ? '-' : Character.toLowerCase(c);
  }
}
