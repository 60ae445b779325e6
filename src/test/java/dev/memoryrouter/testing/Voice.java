package dev.memoryrouter.testing;

import tools.jackson.databind.JsonNode;

/// How one protocol writes the parts of a streamed answer.
interface Voice {
  String contentType();

  String begin();

  String text(String text);

  String reasoning(String text);

  String tool(int index, String name, String arguments);

  /// An error inside the stream.
  ///
  /// @param errorValue JSON: a string or an object
  String error(String errorValue);

  String done(String reason, boolean calls, int promptTokens, int completionTokens);

  /// The voice of a request path.
  static Voice of(boolean ollama, String model, JsonNode body) {
    return ollama ? new OllamaVoice(model) : new OpenAiVoice(model, body);
  }
}
