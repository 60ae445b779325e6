package dev.memoryrouter.retrieval;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A passage that retrieval found.
///
/// @param score relevance from 0 to 1, half meaning and half words; comparable between searches, so
///   that one bound tells help from noise
/// @param tokens of `text`, by the Qwen tokenizer
/// @param text the chunk, or the whole section where sections were asked for
public record Hit(
    String bank,
    String file,
    @Nullable String heading,
    List<String> headingPath,
    int startLine,
    int endLine,
    double score,
    int tokens,
    String text) {
  public Hit {
    headingPath = List.copyOf(headingPath);
  }
}
