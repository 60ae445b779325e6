package dev.memoryrouter.tokens;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a chat template adds to the texts of a request, in tokens. The figures were measured on the
/// templates of the families; where versions of a family differ, the highest is taken, so that a
/// sum of counts and these figures is at least what the model will see.
///
/// @param family `chatml`, `llama4` or `any`
/// @param messageTokens around each message, its role included
/// @param replyTokens once per request: start of the text, start of the answer, and the empty
///   thinking block of models that are told not to think
/// @param defaultSystemTokens for the system message that the template adds when the request has
///   none
/// @param toolsTokens once per request that offers tools: the instructions around the list
/// @param toolCallTokens for each tool call of the history, on top of its name and arguments
/// @param toolResultTokens around each tool result, in place of `messageTokens`
public record ChatTemplate(
    String family,
    int messageTokens,
    int replyTokens,
    int defaultSystemTokens,
    int toolsTokens,
    int toolCallTokens,
    int toolResultTokens) {

  /// Qwen 2.5 and Qwen 3: the reply is 3 tokens, and 4 more with thinking switched off. The tags
  /// around calls and results are single tokens in Qwen 3 only.
  private static final ChatTemplate CHATML = new ChatTemplate("chatml", 5, 7, 21, 79, 26, 14);

  /// Llama 4: 4 for the reply and 1 for the start of the text. The instructions for tools are those
  /// of Ollama's template, some 350 words. The role of results is two tokens.
  private static final ChatTemplate LLAMA4 = new ChatTemplate("llama4", 5, 5, 0, 600, 20, 6);

  /// The highest of the known families.
  private static final ChatTemplate ANY = new ChatTemplate("any", 5, 7, 21, 600, 26, 14);

  /// Llama 4 cuts an image into up to 16 square tiles.
  private static final int TILE_PIXELS = 336;

  private static final int TILE_TOKENS = 144;
  private static final int MOST_TILES = 16;
  private static final int PATCH_PIXELS = 28;
  private static final int LEAST_PATCHES = 1024;
  private static final int MOST_PATCHES = 16_384;

  /// A full HD screenshot in patches.
  private static final ImageSize UNKNOWN_SIZE = new ImageSize(1920, 1080);

  /// The template of the models that use a tokenizer: `qwen` means ChatML, `o200k` Llama 4, and
  /// everything else the highest of all.
  public static ChatTemplate forTokenizer(String id) {
    return switch (id.toLowerCase(Locale.ROOT)) {
      case "qwen" -> CHATML;
      case "o200k" -> LLAMA4;
      default -> ANY;
    };
  }

  /// Upper bound for the definition of a tool, from the count of its compact JSON: templates write
  /// a space after each comma and colon, 30 % more on small schemas.
  public int toolDefinitionTokens(int compactJsonTokens) {
    return compactJsonTokens + (compactJsonTokens * 35 + 99) / 100 + 2;
  }

  /// Upper bound for an image. Llama 4: exact by its tiles, and 2,467 (16 tiles) when the size is
  /// not known. Others: patches of 28 × 28 pixels, at least 1,024 and at most 16,384, with a full
  /// HD screenshot when the size is not known. `any` takes the higher of both.
  public int imageTokens(@Nullable ImageSize size) {
    return switch (family) {
      case "llama4" -> tiledTokens(size);
      case "chatml" -> patchTokens(size);
      default -> Math.max(tiledTokens(size), patchTokens(size));
    };
  }

  private static int patchTokens(@Nullable ImageSize size) {
    ImageSize known = size == null ? UNKNOWN_SIZE : size;
    long patches =
        (long) Math.ceilDiv(known.width(), PATCH_PIXELS)
            * Math.ceilDiv(known.height(), PATCH_PIXELS);
    return (int) Math.clamp(patches, LEAST_PATCHES, MOST_PATCHES) + 2;
  }

  private static int tiledTokens(@Nullable ImageSize size) {
    int tiles = size == null ? MOST_TILES : tiles(size);
    if (tiles == 1) {
      return TILE_TOKENS + 3;
    }
    return 2 + TILE_TOKENS * tiles + tiles + 1 + TILE_TOKENS;
  }

  /// The grid that enlarges the image least; if every grid is smaller than the image, the one that
  /// shrinks it least; among equals the one with the fewest tiles.
  private static int tiles(ImageSize size) {
    double best = 0;
    int tiles = 1;
    for (int rows = 1; rows <= MOST_TILES; rows++) {
      for (int columns = 1; rows * columns <= MOST_TILES; columns++) {
        double scale =
            Math.min(
                (double) columns * TILE_PIXELS / size.width(),
                (double) rows * TILE_PIXELS / size.height());
        boolean better = best >= 1 ? scale >= 1 && scale < best : scale > best;
        if (better || (scale == best && rows * columns < tiles)) {
          best = scale;
          tiles = rows * columns;
        }
      }
    }
    return tiles;
  }
}
