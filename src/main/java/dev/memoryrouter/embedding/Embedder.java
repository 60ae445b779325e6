package dev.memoryrouter.embedding;

import java.util.List;

/// Turns text into unit vectors. Thread-safe.
public interface Embedder {
  /// The model's id, such as `all-minilm-l6-v2-q`; vectors of different ids must not be mixed.
  String model();

  /// Length of each vector.
  int dimension();

  /// Vectors of texts that each fit the model's window, in the order given. Longer texts are
  /// embedded in windows and pooled, so that no word is without effect.
  ///
  /// @return one vector of length 1 for each text
  List<float[]> embed(List<String> texts);

  /// The vector of one text of any length.
  default float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }
}
