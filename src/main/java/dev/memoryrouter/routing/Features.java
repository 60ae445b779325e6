package dev.memoryrouter.routing;

/// A turn as numbers; the last of the dense ones is always 1.
///
/// @param dense meaning and structure
/// @param words indexes of the known words that occur
/// @param values weights of these words
record Features(float[] dense, int[] words, float[] values) {

  /// Inner product with a row of `rows`: one number for each dense feature, then for each word.
  float dot(float[] rows, int start) {
    float sum = 0;
    for (int i = 0; i < dense.length; i++) {
      sum += rows[start + i] * dense[i];
    }
    int wordsStart = start + dense.length;
    for (int i = 0; i < words.length; i++) {
      sum += rows[wordsStart + words[i]] * values[i];
    }
    return sum;
  }

  /// Adds `factor` times these features to a row.
  void addTo(float[] rows, int start, float factor) {
    for (int i = 0; i < dense.length; i++) {
      rows[start + i] += factor * dense[i];
    }
    int wordsStart = start + dense.length;
    for (int i = 0; i < words.length; i++) {
      rows[wordsStart + words[i]] += factor * values[i];
    }
  }
}
