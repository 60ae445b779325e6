package dev.memoryrouter.admission;

/// Loads and unloads models on connections of its own, so that no client that leaves ends it. Calls
/// block and may come from several threads at once.
public interface ModelLoader {
  /// Loads a model just as a request to it would.
  ///
  /// @return whether it is loaded now
  boolean load(ModelId model) throws InterruptedException;

  /// Frees a model's memory as well as the upstream allows.
  void unload(ModelId model) throws InterruptedException;
}
