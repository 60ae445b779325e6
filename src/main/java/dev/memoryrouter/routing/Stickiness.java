package dev.memoryrouter.routing;

/// How much better another model must be before a conversation changes to it.
///
/// @param switchMargin by which the intent's score must be ahead, from 0 to 1
/// @param residentBonus added to the score of a model that is loaded, from 0 to 1
public record Stickiness(double switchMargin, double residentBonus) {
  /// The values that hold when the file has none.
  public static final Stickiness DEFAULT = new Stickiness(0.15, 0.05);
}
