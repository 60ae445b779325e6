package dev.memoryrouter.api;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads OpenAI's legacy completion request as a conversation of one message. What a chat model
/// cannot do (continue between two texts, echo, rank several answers) is refused: left out silently
/// it would look like an answer.
final class CompletionRequestReader {
  private static final Set<String> INTERPRETED =
      Set.of(
          "model",
          "prompt",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "seed",
          "frequency_penalty",
          "presence_penalty",
          "stop",
          "reasoning_effort",
          "stream",
          "stream_options",
          "n",
          "best_of",
          "echo",
          "logprobs",
          "suffix");

  private CompletionRequestReader() {}

  /// Reads a request body; bad input ends as an error answer that names the key.
  static ParsedChat read(byte[] json) {
    RequestBody body = RequestBody.parse(json);
    ChatRequestReader.refuseSeveralAnswers(body);
    refuseUnsupported(body);
    ChatRequest request =
        new ChatRequest(
            body.requiredString("model"),
            List.of(message(prompt(body))),
            List.of(),
            new ToolChoice.Unset(),
            ChatRequestReader.options(body),
            new ResponseFormat.Text(),
            ChatRequestReader.extras(body.node(), INTERPRETED));
    return ChatRequestReader.parsed(request, body);
  }

  private static void refuseUnsupported(RequestBody body) {
    Long candidates = body.integer("best_of");
    if (candidates != null && candidates != 1) {
      throw refused("best_of", "Only one answer per request is possible");
    }
    if (body.bool("echo", false)) {
      throw refused("echo", "The prompt is not repeated before the answer");
    }
    if (body.has("logprobs")) {
      throw refused("logprobs", "Chat models give no log probabilities of a text");
    }
    String suffix = body.string("suffix");
    if (suffix != null && !suffix.isEmpty()) {
      throw refused("suffix", "Chat models do not fill in between two texts");
    }
  }

  private static ApiException refused(String key, String why) {
    return new ApiException(ApiError.badRequest(key, "%s: leave \"%s\" out.".formatted(why, key)));
  }

  private static String prompt(RequestBody body) {
    JsonNode value = body.value("prompt");
    if (value != null && value.isArray()) {
      throw new ApiException(
          ApiError.badRequest(
              "prompt",
              "\"prompt\" must be one text; lists of texts and token ids are not supported. Send one request for each text."));
    }
    String prompt = body.requiredString("prompt");
    if (prompt.isEmpty()) {
      throw new ApiException(ApiError.badRequest("prompt", "\"prompt\" must not be empty."));
    }
    return prompt;
  }

  private static Message message(String prompt) {
    return new Message(
        Role.USER,
        List.of(new Part.Text(prompt)),
        Message.Form.STRING,
        List.of(),
        null,
        null,
        null);
  }
}
