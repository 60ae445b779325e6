package dev.memoryrouter.tokens;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Width and height of an image in pixels.
public record ImageSize(int width, int height) {
  /// Enough for the metadata that cameras put before a JPEG's size.
  private static final int HEAD_CHARS = 4 * 88_000;

  private static final int MOST_PIXELS = 1 << 20;

  /// The size that the first bytes of a PNG, JPEG, GIF or WebP state. Never throws.
  ///
  /// @param base64 the image in Base64, or a `data:` URL of it
  /// @return empty for anything else
  public static Optional<ImageSize> ofBase64(String base64) {
    byte[] head = decodeHead(base64);
    ImageSize size = new Head(head).size();
    return Optional.ofNullable(size).filter(ImageSize::isPlausible);
  }

  private boolean isPlausible() {
    return width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS;
  }

  /// Decodes leniently: line breaks and other strange characters are left out, as decoders of
  /// images do.
  private static byte[] decodeHead(String base64) {
    int from = base64.startsWith("data:") ? base64.indexOf(',') + 1 : 0;
    var digits = new StringBuilder();
    for (int i = from; i < base64.length() && digits.length() < HEAD_CHARS; i++) {
      char c = base64.charAt(i);
      if (c == '=') {
        break;
      }
      char digit = c == '-' ? '+' : c == '_' ? '/' : c;
      if (isDigit(digit)) {
        digits.append(digit);
      }
    }
    if (digits.length() % 4 == 1) {
      digits.setLength(digits.length() - 1);
    }
    return Base64.getDecoder().decode(digits.toString());
  }

  private static boolean isDigit(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/';
  }

  /// The first bytes of an image; reads past their end give 0.
  private static final class Head {
    private final byte[] bytes;

    Head(byte[] bytes) {
      this.bytes = bytes;
    }

    @Nullable ImageSize size() {
      if (hasText(1, "PNG") && hasText(12, "IHDR")) {
        return new ImageSize(big(16, 4), big(20, 4));
      }
      if (hasText(0, "GIF8")) {
        return new ImageSize(little(6, 2), little(8, 2));
      }
      if (hasText(0, "RIFF") && hasText(8, "WEBP")) {
        return webp();
      }
      return at(0) == 0xff && at(1) == 0xd8 ? jpeg() : null;
    }

    private @Nullable ImageSize webp() {
      if (hasText(12, "VP8X")) {
        return new ImageSize(little(24, 3) + 1, little(27, 3) + 1);
      }
      if (hasText(12, "VP8L")) {
        int bits = little(21, 4);
        return new ImageSize((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
      }
      return hasText(12, "VP8 ")
          ? new ImageSize(little(26, 2) & 0x3fff, little(28, 2) & 0x3fff)
          : null;
    }

    /// Walks the segments to the frame header, which states the size.
    private @Nullable ImageSize jpeg() {
      int i = 2;
      while (i + 8 < bytes.length) {
        if (at(i) != 0xff) {
          return null;
        }
        int marker = at(i + 1);
        if (isFrame(marker)) {
          return new ImageSize(big(i + 7, 2), big(i + 5, 2));
        }
        // Fill bytes and markers without a body.
        boolean bare = marker == 0xff || marker == 1 || (marker >= 0xd0 && marker <= 0xd8);
        i += marker == 0xff ? 1 : bare ? 2 : 2 + Math.max(2, big(i + 2, 2));
      }
      return null;
    }

    private static boolean isFrame(int marker) {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private boolean hasText(int from, String text) {
      byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < wanted.length; i++) {
        if (at(from + i) != wanted[i]) {
          return false;
        }
      }
      return true;
    }

    private int big(int from, int length) {
      int value = 0;
      for (int i = 0; i < length; i++) {
        value = value << 8 | at(from + i);
      }
      return value;
    }

    private int little(int from, int length) {
      int value = 0;
      for (int i = length - 1; i >= 0; i--) {
        value = value << 8 | at(from + i);
      }
      return value;
    }

    private int at(int index) {
      return index < bytes.length ? bytes[index] & 0xff : 0;
    }
  }
}
