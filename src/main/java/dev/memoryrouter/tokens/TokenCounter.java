package dev.memoryrouter.tokens;

/// Counts the tokens of a text exactly as one tokenizer does. Thread-safe; never throws on any
/// text.
public interface TokenCounter {
  /// The tokenizer's id, such as `qwen`.
  String id();

  /// Number of tokens; special tokens in the text count as ordinary characters.
  int count(String text);
}
