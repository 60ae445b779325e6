package dev.memoryrouter.routing;

import java.util.List;

/// One intent of `routing.yaml`.
///
/// @param description what the intent is, for people
/// @param examples turns that mean it
/// @param keywords words and phrases that speak for it
public record IntentSettings(
    String name, String description, List<Utterance> examples, List<String> keywords) {
  public IntentSettings {
    examples = List.copyOf(examples);
    keywords = List.copyOf(keywords);
  }
}
