package dev.memoryrouter.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model of the fake upstream, shown as Qwen3 30B-A3B unless changed.
///
/// @param context tokens that it was trained for
/// @param capabilities in Ollama's words
/// @param weightBytes size on disk
/// @param heads KV heads of each layer
/// @param keyLength also the value length; null to leave both out
public record FakeModel(
    String name,
    int context,
    List<String> capabilities,
    long weightBytes,
    int layers,
    int heads,
    @Nullable Integer keyLength) {
  public static FakeModel of(String name) {
    return new FakeModel(name, 40_960, List.of("completion", "tools"), 19_000_000_000L, 48, 4, 128);
  }

  public FakeModel withContext(int newContext) {
    return new FakeModel(name, newContext, capabilities, weightBytes, layers, heads, keyLength);
  }

  public FakeModel withCapabilities(String... newCapabilities) {
    return new FakeModel(
        name, context, List.of(newCapabilities), weightBytes, layers, heads, keyLength);
  }

  boolean can(String capability) {
    return capabilities.contains(capability);
  }
}
