package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.tokens.ChatTemplate;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.ImageSize;
import dev.memoryrouter.tokens.TokenCounter;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// Counts the tokens of a whole request as a model's chat template renders it. Each text is counted
/// once and remembered, so that a turn costs what is new in it. Thread-safe.
public final class PromptCounter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final CountCache cache;
  private final Function<String, TokenCounter> counters;

  /// A counter with a cache that others may share.
  ///
  /// @param counters the counter of a tokenizer id
  public PromptCounter(CountCache cache, Function<String, TokenCounter> counters) {
    this.cache = cache;
    this.counters = counters;
  }

  /// Tokens of the rendered prompt: messages, tools, template, and the opening of the answer, for a
  /// model that is not shown its earlier reasoning again.
  public int count(ChatRequest request, String tokenizer) {
    return count(request, tokenizer, false);
  }

  /// Tokens of the rendered prompt: messages, tools, template, and the opening of the answer.
  ///
  /// @param withReasoning whether the model is shown its earlier reasoning again
  public int count(ChatRequest request, String tokenizer, boolean withReasoning) {
    ChatTemplate template = ChatTemplate.forTokenizer(tokenizer);
    TokenCounter counter = counters.apply(tokenizer);
    int tokens = template.replyTokens() + tools(request.tools(), template, counter);
    if (request.messages().getFirst().role() != Role.SYSTEM) {
      tokens += template.defaultSystemTokens();
    }
    for (Message message : request.messages()) {
      tokens += message(message, template, counter);
      if (withReasoning && message.reasoning() != null) {
        tokens += 1 + cache.count(counter, message.reasoning());
      }
    }
    return tokens;
  }

  /// Tokens of the texts alone, without template, tools, images and reasoning: a prompt that was
  /// not cut has at least these.
  public int texts(ChatRequest request, String tokenizer) {
    return request.messages().stream()
        .flatMap(message -> message.parts().stream())
        .mapToInt(part -> part instanceof Part.Text(String text) ? text(text, tokenizer) : 0)
        .sum();
  }

  /// Tokens of one text.
  public int text(String text, String tokenizer) {
    return cache.count(counters.apply(tokenizer), text);
  }

  private int message(Message message, ChatTemplate template, TokenCounter counter) {
    int tokens =
        message.role() == Role.TOOL ? template.toolResultTokens() : template.messageTokens();
    for (Part part : message.parts()) {
      tokens += part(part, template, counter);
    }
    for (ToolCall call : message.toolCalls()) {
      tokens +=
          template.toolCallTokens()
              + cache.count(counter, call.name())
              + cache.count(counter, call.arguments());
    }
    return tokens;
  }

  private int part(Part part, ChatTemplate template, TokenCounter counter) {
    return switch (part) {
      // One more for the line break that joins parts.
      case Part.Text(String text) -> 1 + cache.count(counter, text);
      case Part.Image image ->
          template.imageTokens(
              image.isInline() ? ImageSize.ofBase64(image.base64()).orElse(null) : null);
      // Audio and files: never as base64 text; OpenAI-compatible upstreams count them themselves.
      case Part.Other _ -> template.imageTokens(null);
    };
  }

  private int tools(List<Tool> tools, ChatTemplate template, TokenCounter counter) {
    if (tools.isEmpty()) {
      return 0;
    }
    int json = 0;
    for (Tool tool : tools) {
      int compact = cache.count(counter, JSON.writeValueAsString(tool.definition()));
      json += template.toolDefinitionTokens(compact);
    }
    return template.toolsTokens() + json;
  }
}
