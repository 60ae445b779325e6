package dev.memoryrouter.routing;

import java.util.Arrays;
import java.util.List;

/// Multinomial logistic regression with an L2 penalty, trained on all examples at once by
/// accelerated gradient descent (Nesterov 1983; restarts as in O'Donoghue and Candès 2015). Equal
/// examples in equal order give equal weights.
final class SoftmaxRegression {
  /// Inverse of the penalty.
  private static final float TRUST = 10;

  private static final int STEPS = 150;
  private static final int POWER_STEPS = 15;

  private final int classes;
  private final int size;
  private final float[] weights; // a row for each class

  private SoftmaxRegression(int classes, int size) {
    this.classes = classes;
    this.size = size;
    this.weights = new float[classes * size];
  }

  /// Trains on examples.
  ///
  /// @param labels class of each example, from 0 to `classes` - 1
  /// @param words number of words that features may name
  static SoftmaxRegression train(List<Features> examples, int[] labels, int classes, int words) {
    int size = examples.getFirst().denseSize() + words;
    var model = new SoftmaxRegression(classes, size);
    model.descend(examples, labels);
    return model;
  }

  /// Log odds of each class, up to a common constant.
  double[] logOdds(Features features) {
    return logOdds(weights, features);
  }

  private double[] logOdds(float[] rows, Features features) {
    double[] odds = new double[classes];
    for (int c = 0; c < classes; c++) {
      odds[c] = features.dot(rows, c * size);
    }
    return odds;
  }

  private void descend(List<Features> examples, int[] labels) {
    float step = 1 / (curvature(examples) + 1 / TRUST);
    float[] ahead = weights.clone();
    double pace = 1;
    for (int round = 0; round < STEPS; round++) {
      float[] gradient = gradient(ahead, examples, labels);
      double faster = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2;
      pace = move(ahead, gradient, step, (float) ((pace - 1) / faster)) ? faster : 1;
    }
  }

  /// One step; false when it went uphill, so that the momentum must be given up.
  private boolean move(float[] ahead, float[] gradient, float step, float momentum) {
    double uphill = 0;
    for (int i = 0; i < weights.length; i++) {
      float next = ahead[i] - step * gradient[i];
      float move = next - weights[i];
      uphill += gradient[i] * move;
      weights[i] = next;
      ahead[i] = next + momentum * move;
    }
    return uphill <= 0;
  }

  private float[] gradient(float[] at, List<Features> examples, int[] labels) {
    float[] gradient = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      gradient[i] = at[i] / TRUST;
    }
    for (int e = 0; e < labels.length; e++) {
      Features example = examples.get(e);
      double[] shares = Softmax.of(logOdds(at, example), 1);
      for (int c = 0; c < classes; c++) {
        float error = (float) shares[c] - (labels[e] == c ? 1 : 0);
        example.addTo(gradient, c * size, error);
      }
    }
    return gradient;
  }

  /// Bound of the loss's second derivative: half the largest eigenvalue of the sum of the examples'
  /// outer products (Böhning 1992), found by power iteration.
  private float curvature(List<Features> examples) {
    float[] direction = new float[size];
    Arrays.fill(direction, 1);
    double length = 1;
    for (int round = 0; round < POWER_STEPS; round++) {
      float[] next = new float[size];
      for (Features example : examples) {
        example.addTo(next, 0, example.dot(direction, 0));
      }
      length = Math.sqrt(squares(next));
      for (int i = 0; i < size; i++) {
        direction[i] = (float) (next[i] / length);
      }
    }
    return (float) length / 2;
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return sum;
  }
}
