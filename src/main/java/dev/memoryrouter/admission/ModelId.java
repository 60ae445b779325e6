package dev.memoryrouter.admission;

/// A model on an upstream.
///
/// @param upstream name of the upstream
/// @param model key of the model
public record ModelId(String upstream, String model) {
  @Override
  public String toString() {
    return upstream + '/' + model;
  }
}
