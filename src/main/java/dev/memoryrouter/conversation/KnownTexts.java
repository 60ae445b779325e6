package dev.memoryrouter.conversation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What was found out about long texts: they come again with every turn of a conversation, which so
/// costs what is new in it. Bounded by characters. Thread-safe.
final class KnownTexts {
  /// Shorter texts are read faster than they are looked up.
  static final int LONG = 200;

  private static final long MAX_CHARACTERS = 24L << 20;

  private final Cache<String, Facts> known =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARACTERS)
          .<String, Facts>weigher((text, _) -> LONG + text.length())
          .executor(Runnable::run)
          .build();

  private static final class Facts {
    private final Map<PrefixHasher.Meaning, byte[]> digests = new ConcurrentHashMap<>();
    private final Map<WrappedWords.Source, WrappedWords> words = new ConcurrentHashMap<>();
  }

  /// The digest of what counts of a text.
  byte[] digest(String text, PrefixHasher.Meaning meaning) {
    return facts(text).digests.computeIfAbsent(meaning, _ -> PrefixHasher.digest(text, meaning));
  }

  /// The words of a person in a text.
  WrappedWords words(String text, WrappedWords.Source source) {
    return text.length() < LONG
        ? new WrappedWords(text, source)
        : facts(text).words.computeIfAbsent(source, _ -> new WrappedWords(text, source));
  }

  private Facts facts(String text) {
    Facts facts = known.getIfPresent(text);
    if (facts == null) {
      facts = new Facts();
      known.put(text, facts);
    }
    return facts;
  }
}
