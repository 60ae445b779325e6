package dev.memoryrouter.bench;

import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.TokenCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A Cline conversation of some length in tokens.
final class LongPrompt {
  static final int TOKENS = 100_000;

  private static final String WORKSPACE = "/home/dev/harbour";

  private LongPrompt() {}

  static Map<String, String> headers() {
    return agent().headers();
  }

  /// The request body with at least `tokens` tokens of text.
  static ObjectNode body(int tokens) {
    TokenCounter counter = TokenCounters.of("qwen");
    int chars = 3 * tokens;
    ObjectNode body = agent().grown(chars);
    int counted = texts(body).stream().mapToInt(counter::count).sum();
    while (counted < tokens) {
      chars += Math.max(4_000, (tokens - counted) * 3);
      body = agent().grown(chars);
      counted = texts(body).stream().mapToInt(counter::count).sum();
    }
    return body;
  }

  /// The first request of a conversation.
  static ObjectNode first(String words) {
    return agent().firstTurn(words);
  }

  /// The request after one of [#body].
  static ObjectNode next(ObjectNode body, String answer, AgentConversations.Step step) {
    return agent().nextTurn(body, answer, step);
  }

  static List<String> texts() {
    return texts(body(TOKENS));
  }

  private static AgentConversations agent() {
    return new AgentConversations(Shape.CLINE_XML, WORKSPACE, 40_000, 7);
  }

  private static List<String> texts(ObjectNode body) {
    List<String> texts = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      JsonNode content = message.path("content");
      if (content.isString()) {
        texts.add(content.asString());
      }
      content.forEach(part -> texts.add(part.path("text").asString("")));
    }
    return texts;
  }
}
