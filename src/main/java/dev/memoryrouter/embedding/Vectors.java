package dev.memoryrouter.embedding;

/// Arithmetic on vectors.
final class Vectors {
  private Vectors() {}

  /// Adds `factor * other` to `sum`.
  static void add(float[] sum, float[] other, float factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * other[i];
    }
  }

  /// Scales a vector to length 1 in place; a vector of zeros stays.
  static float[] unit(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    if (squares > 0) {
      float factor = (float) (1 / Math.sqrt(squares));
      for (int i = 0; i < vector.length; i++) {
        vector[i] *= factor;
      }
    }
    return vector;
  }
}
