package dev.memoryrouter.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Tells words that ask for nothing: "continue", "yes please", "thanks, that worked".
final class SmallTalk {
  /// What it is called where intents are named.
  static final String NAME = "small talk";

  /// Longer turns are never small talk.
  static final int MAX_WORDS = 14;

  private static final int MAX_LENGTH = 400;

  /// Sentences that ask for nothing, by which others like them are known.
  static final List<Utterance> EXAMPLES =
      Stream.of(
              "Hello!",
              "Good evening",
              "How are you doing?",
              "Are you awake?",
              "Thank you very much, great work.",
              "That looks good to me.",
              "It works now, thanks a lot.",
              "Nice, exactly what I wanted.",
              "Yes, do it.",
              "Yes, the second one please.",
              "No, not like that.",
              "No, the other one.",
              "Option three.",
              "I agree with you.",
              "You may proceed.",
              "Keep going, please.",
              "Wait a minute.",
              "Let me think about this.",
              "I need a coffee first.",
              "See you tomorrow.",
              "I'll be back after lunch.",
              "That made me laugh.",
              "Never mind, forget it.",
              "Sorry, my mistake.",
              "Do whatever you think is best.",
              "Once more please.",
              "Hey, nice to meet you!",
              "Good night, see you next week.",
              "How is it going?",
              "Are you there?",
              "Thanks, that helped me a lot.",
              "Wow, that was quick.",
              "Well done, I like it.",
              "You were right.",
              "I see, makes sense.",
              "Got it, understood.",
              "Fine with me.",
              "Sounds reasonable, do it.",
              "Yes, exactly like that.",
              "Please go on.",
              "Carry on with it.",
              "Just do it.",
              "You can start now.",
              "No, leave it.",
              "Stop, that is enough.",
              "Hold on, not yet.",
              "Give me a second.",
              "I have to go now.",
              "Back in ten minutes.",
              "I am not sure, maybe later.",
              "I'll think about it and tell you.",
              "The last one of these.",
              "The one on top, please.",
              "Either is okay.",
              "As you like.",
              "Repeat that please.",
              "Try it one more time.",
              "Oh no, not again!",
              "Haha, good one.",
              "My fault, excuse me.",
              "What do you think?",
              "Any idea?",
              "Ja bitte, so machen wir es.",
              "Super, vielen Dank!",
              "Merci beaucoup, c'est parfait.",
              "Gracias, quedó muy bien.",
              "Perfeito, pode continuar.",
              "Спасибо, продолжай.",
              "可以，继续吧",
              "Ja, mach weiter.",
              "Danke, sehr gut.",
              "Oui, vas-y.",
              "Sí, adelante, gracias.",
              "好的，谢谢",
              "はい、お願いします")
          .map(Utterance::of)
          .toList();

  private static final Set<String> EMPTY_WORDS =
      Set.copyOf(
          Arrays.asList(
              ("a about again ahead all alright and are as awesome back be but bye can carry continue"
                      + " cool correct could course dear do done exactly fine for forward go going good"
                      + " got great ha haha hello hey hi hmm how i is it just keep kindly later let lets"
                      + " lgtm looks lovely mate maybe me more morning move much my nah never next nice"
                      + " no none nope not now of ok okay on once one oops option or other perfect please"
                      + " pls proceed really resume retry right same so sorry sounds still stop super"
                      + " sure thank thanks that the there these this those thx to too true try up very"
                      + " wait was way well what whatever wonderful wow yeah yep yes yo you your yup"
                      + " approved accepted agreed both first second third worked works"
                      + " ja nein danke bitte weiter gut genau nochmal mach oui non merci continuez"
                      + " continue encore bien si sí vale gracias sigue adelante otra sim não obrigado"
                      + " obrigada continua da net nie tak 继续 好的 好 谢谢 是 是的 はい 続けて ありがとう")
                  .split(" ")));

  private SmallTalk() {}

  /// Whether every word is one of those that carry no task.
  static boolean isEmpty(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    List<String> words = words(text);
    return words.size() <= MAX_WORDS
        && words.stream().allMatch(SmallTalk::carriesNothing)
        && !asksWhatIsNext(words);
  }

  /// Whether the text is short enough to be small talk, and names nothing of a program.
  static boolean possible(String text) {
    return text.length() <= MAX_LENGTH
        && words(text).size() <= MAX_WORDS
        && !text.contains("`")
        && !text.contains("\n");
  }

  /// "Next" asks to go on, "what is next?" asks what is planned.
  private static boolean asksWhatIsNext(List<String> words) {
    return words.contains("next") && (words.contains("what") || words.contains("whats"));
  }

  private static boolean carriesNothing(String word) {
    return EMPTY_WORDS.contains(word) || word.chars().allMatch(Character::isDigit);
  }

  private static List<String> words(String text) {
    return Arrays.stream(
            text.toLowerCase(Locale.ROOT).replaceAll("['’]", "").split("[^\\p{L}\\p{N}]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
