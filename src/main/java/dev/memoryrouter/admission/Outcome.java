package dev.memoryrouter.admission;

/// How a turn ended.
public enum Outcome {
  /// The model answered to the end: the time it took tells of the next ones.
  SUCCESS,
  /// The upstream failed.
  DROPPED,
  /// The client left, or the model was not asked at all: this tells nothing.
  IGNORED
}
