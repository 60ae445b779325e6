package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ModelSettings;
import java.util.function.ToIntBiFunction;
import tools.jackson.databind.node.ObjectNode;

/// Token counts of an answer: the upstream's, else ours.
final class AnswerUsage {
  private final Plan plan;
  private final ToIntBiFunction<String, String> counting;

  AnswerUsage(Plan plan, ToIntBiFunction<String, String> counting) {
    this.plan = plan;
    this.counting = counting;
  }

  /// OpenAI's usage object; empty before the answer ended. Legacy Cline adds cached tokens to the
  /// prompt's, which already include them, so it is not told of them.
  ObjectNode of(Served served, Completion completion) {
    if (!completion.ended()) {
      return Json.object();
    }
    ChatEvent.Usage counted = completion.usage();
    if (counted == null) {
      int output = counting.applyAsInt(completion.written(), tokenizer(served));
      return counts(promptTokens(served), output);
    }
    ObjectNode usage = counts(counted.promptTokens(), counted.completionTokens());
    Integer cached = counted.cachedTokens();
    if (cached != null && plan.conversation().client() != ClientKind.CLINE) {
      usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
    }
    return usage;
  }

  private static ObjectNode counts(int prompt, int completion) {
    return Json.object()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", completion)
        .put("total_tokens", prompt + completion);
  }

  private int promptTokens(Served served) {
    FittedPrompt prompt = served.prompt();
    return prompt == null ? plan.promptTokens() : prompt.promptTokens();
  }

  private String tokenizer(Served served) {
    var models = plan.setup().configuration().models().models();
    String key =
        models.containsKey(served.model())
            ? served.model()
            : plan.setup().configuration().routing().defaultModel();
    ModelSettings settings = models.get(key);
    return settings == null ? "qwen" : settings.tokenizer();
  }
}
