package dev.memoryrouter.upstream.extractive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the parts of passages that share the most telling words with a question. A word tells more
/// the fewer parts have it. Parts are whole paragraphs; long ones are reduced to their matching
/// lines or sentences. Nothing is ever rewritten.
final class Quotations {
  private static final int PASSAGES = 3;
  private static final int PARTS = 3;
  private static final int LONG = 700;
  private static final double WORTH = 0.5;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final Pattern BLANK_LINES = Pattern.compile("\\n\\s*\\n");
  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+|\\n");
  private static final Set<String> COMMON =
      Set.of(
          ("a an and are as at be but by can could did do does for from had has have how i if in into"
                  + " is it its me my of on or our should so that the their them there these they"
                  + " this to us was we were what when where which who why will with would you your"
                  + " tell show about please")
              .split(" ", -1));

  private final List<Passage> passages;
  private final Set<String> asked;
  private final Map<String, Double> weights = new HashMap<>();

  record Quotation(Passage passage, String text, double score) {}

  private record Part(String text, double score) {}

  Quotations(String question, List<Passage> passages) {
    this.passages = passages;
    this.asked = words(question);
    weigh();
  }

  /// The best quotations, best first. When no passage has a word of the question the first one is
  /// quoted: it was found by its meaning.
  List<Quotation> best() {
    var found = new ArrayList<Quotation>();
    for (Passage passage : passages) {
      Quotation quotation = quote(passage);
      if (quotation.score() > 0) {
        found.add(quotation);
      }
    }
    if (found.isEmpty()) {
      return passages.stream()
          .filter(passage -> !passage.text().isBlank())
          .limit(1)
          .map(passage -> new Quotation(passage, passage.text().strip(), 0))
          .toList();
    }
    found.sort(Comparator.comparingDouble(Quotation::score).reversed());
    double worth = found.getFirst().score() * WORTH;
    return found.stream().filter(one -> one.score() >= worth).limit(PASSAGES).toList();
  }

  private Quotation quote(Passage passage) {
    double heading = score(passage.citation());
    List<Part> parts = parts(passage.text());
    double top = parts.stream().mapToDouble(Part::score).max().orElse(0);
    if (top == 0 && heading > 0) {
      // The heading alone answers to the question: what stands below it is the answer.
      return new Quotation(passage, passage.text().strip(), heading);
    }
    String text =
        String.join(
            "\n\n",
            parts.stream()
                .filter(part -> part.score() > 0 && part.score() >= top * WORTH)
                .limit(PARTS)
                .map(Part::text)
                .toList());
    return new Quotation(passage, text, top == 0 ? 0 : top + heading / 2);
  }

  private List<Part> parts(String text) {
    return paragraphs(text).stream().map(one -> new Part(reduce(one), score(one))).toList();
  }

  /// Paragraphs without their line ends around; a code fence stays whole.
  private static List<String> paragraphs(String text) {
    var found = new ArrayList<String>();
    var open = new StringBuilder();
    for (String paragraph : BLANK_LINES.split(text.replace("\r\n", "\n"), -1)) {
      open.append(open.isEmpty() ? "" : "\n\n").append(paragraph);
      if (fences(open) % 2 == 0) {
        add(found, open.toString());
        open.setLength(0);
      }
    }
    add(found, open.toString());
    return found;
  }

  private static void add(List<String> found, String paragraph) {
    if (!paragraph.isBlank()) {
      found.add(paragraph.strip());
    }
  }

  private static long fences(CharSequence text) {
    return text.toString().lines().filter(line -> line.strip().startsWith("```")).count();
  }

  /// The lines or sentences of a long paragraph that match, with a mark where something was left
  /// out.
  private String reduce(String paragraph) {
    if (paragraph.length() <= LONG || paragraph.contains("```")) {
      return paragraph;
    }
    var kept = new ArrayList<String>();
    int from = -1;
    int start = 0;
    Matcher ends = SENTENCE_END.matcher(paragraph);
    while (start < paragraph.length()) {
      int end = ends.find() ? ends.end() : paragraph.length();
      boolean matches = score(paragraph.substring(start, end)) > 0;
      if (matches && from < 0) {
        from = start;
      } else if (!matches && from >= 0) {
        kept.add(paragraph.substring(from, start).strip());
        from = -1;
      }
      start = end;
    }
    if (from >= 0) {
      kept.add(paragraph.substring(from).strip());
    }
    return kept.isEmpty() ? paragraph : String.join("\n…\n", kept);
  }

  private void weigh() {
    List<Set<String>> parts =
        passages.stream()
            .flatMap(passage -> paragraphs(passage.text()).stream())
            .map(Quotations::words)
            .toList();
    for (String word : asked) {
      long having = parts.stream().filter(part -> part.contains(word)).count();
      weights.put(word, Math.log1p((double) (parts.size() + 1) / (having + 1)));
    }
  }

  private double score(String text) {
    Set<String> present = words(text);
    return asked.stream()
        .filter(present::contains)
        .mapToDouble(word -> weights.getOrDefault(word, 0.0))
        .sum();
  }

  /// The telling words of a text, reduced to their stems.
  private static Set<String> words(String text) {
    var found = new LinkedHashSet<String>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      if (!COMMON.contains(matcher.group())) {
        found.add(stem(matcher.group()));
      }
    }
    return found;
  }

  /// Plural and verb endings of English; crude, because it only has to treat both sides alike.
  private static String stem(String word) {
    for (String ending : List.of("ies", "ing", "ed", "es", "s", "e", "y")) {
      if (word.length() >= ending.length() + 3 && word.endsWith(ending)) {
        return word.substring(0, word.length() - ending.length());
      }
    }
    return word;
  }
}
