package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.retrieval.Hit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A query with the sections of its bank that help.
///
/// @param kind such as `question` or `keyword`
/// @param labels empty if the bank does not answer the query
/// @param answer words that occur in each section of grade 2 that names none of its own; null if
///   there are none
public record LabelledQuery(
    String id, String text, String kind, List<Label> labels, @Nullable String answer) {
  public LabelledQuery {
    labels = List.copyOf(labels);
  }

  /// A section that helps.
  ///
  /// @param grade 2 answers the query, 1 is related and useful
  /// @param evidence words of the section that answer; null if the query's answer does
  public record Label(Place place, int grade, @Nullable String evidence) {
    /// The grade of a section that answers.
    static final int ANSWERS = 2;

    boolean answers() {
      return grade == ANSWERS;
    }
  }

  /// Whether the bank answers it.
  public boolean answerable() {
    return !labels.isEmpty();
  }

  /// Whether an injected passage answers: it holds a whole section of grade 2, or that piece of one
  /// in which the answer stands.
  boolean isAnsweredBy(Hit hit) {
    Place place = Place.of(hit);
    return labels.stream()
        .filter(Label::answers)
        .anyMatch(label ->
            place.covers(label.place())
                || (place.overlaps(label.place()) && states(hit.text(), label)));
  }

  private boolean states(String text, Label label) {
    String words = label.evidence() != null ? label.evidence() : answer;
    return words != null && plain(text).contains(plain(words));
  }

  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
  }
}
