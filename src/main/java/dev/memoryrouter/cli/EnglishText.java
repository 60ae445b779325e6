package dev.memoryrouter.cli;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/// Tells English from other languages, by script and by words that hold sentences together. A text
/// with fewer than two such words of other languages, such as a bare error message, is English.
final class EnglishText {
  /// Share of letters outside of the Latin script from which a text is not English. Scripts in
  /// which a letter is a syllable or a word need few of them, beside many of code.
  private static final double FOREIGN_LETTERS = 0.15;

  private static final Set<String> ENGLISH =
      words(
          "the and of to is are was were be it this that these those with for from not but or you i"
              + " we they he she what which how why when where does do did can could should would"
              + " will have has had there than then into please my our your");

  /// Of languages that are written in the Latin script; words that English knows too are left out.
  private static final Set<String> OTHER =
      words(
          "der das und ist nicht ein eine einen dem den mit für auf wie wir ich bitte auch"
              + " noch nur le les des et est une dans pour pas avec sur que qui je nous vous ce"
              + " cette au aux du los las es un una por para con sin cómo qué del não uma com em"
              + " ao como você che non più gli nel della sono het een voor niet maar ook wij jij"
              + " nie się jest czy bir için bu değil mı och att som på är det inte ett että la el"
              + " il di lo ne"
              + " está são meu minha seu sua mais isso mas já foi pelo pela esto esta pero más"
              + " hay anche questo deze zijn wordt oder aber wenn kann sind wird"
              + " werden où elle ils sont fait");

  private EnglishText() {}

  static boolean is(String text) {
    long letters = text.codePoints().filter(Character::isLetter).count();
    long foreign =
        text.codePoints()
            .filter(Character::isLetter)
            .filter(letter -> UnicodeScript.of(letter) != UnicodeScript.LATIN)
            .count();
    if (foreign > FOREIGN_LETTERS * letters) {
      return false;
    }
    String[] words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+", -1);
    return count(words, OTHER) <= Math.max(1, count(words, ENGLISH));
  }

  private static long count(String[] words, Set<String> of) {
    return Arrays.stream(words).filter(of::contains).count();
  }

  private static Set<String> words(String list) {
    return Set.copyOf(Arrays.asList(list.split(" ")));
  }
}
