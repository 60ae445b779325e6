package dev.memoryrouter.tokens;

import com.knuddels.jtokkit.api.Encoding;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts with a byte pair encoding that is loaded at the first count.
///
/// Every text is given to the encoding whole, so the count is exact for any input. A text without
/// any border (one letter, spaces, CJK) costs n log n: a million characters take at most a few
/// seconds, and no recursion is involved.
final class BpeCounter implements TokenCounter {
  private final String id;
  private final Supplier<Encoding> source;
  private volatile @Nullable Encoding encoding;

  BpeCounter(String id, Supplier<Encoding> source) {
    this.id = id;
    this.source = source;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int count(String text) {
    // Not countTokens, which throws on a text that contains the spelling of a special token.
    return text.isEmpty() ? 0 : encoding().countTokensOrdinary(wellFormed(text));
  }

  /// Half a character cannot be encoded: it counts as U+FFFD, which is what JSON writers make of
  /// it.
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePointAt(i);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return replaceHalves(text);
      }
      i += Character.charCount(c) - 1;
    }
    return text;
  }

  private static String replaceHalves(String text) {
    var whole = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  private Encoding encoding() {
    Encoding loaded = encoding;
    return loaded != null ? loaded : load();
  }

  private synchronized Encoding load() {
    Encoding loaded = encoding;
    if (loaded == null) {
      loaded = source.get();
      encoding = loaded;
    }
    return loaded;
  }
}
