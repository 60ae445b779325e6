package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.prompt.FittedPrompt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The `x-router-…` headers of a chat answer: the decision as it stands when they leave.
final class RouterHeaders {
  private RouterHeaders() {}

  /// Headers of an answer whose model is known.
  static Map<String, String> of(Plan plan, Served served) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-router-model", served.model());
    headers.put("x-router-upstream", served.upstream());
    headers.put("x-router-rule", served.rule());
    headers.put("x-router-intent", plan.route().intent().label());
    headers.put("x-router-memory", memory(plan, served.prompt()));
    if (!served.degraded().isEmpty()) {
      headers.put("x-router-degraded", degraded(served.degraded()));
    }
    return headers;
  }

  static String degraded(Map<String, String> degraded) {
    return degraded.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + headerSafe(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String memory(Plan plan, @Nullable FittedPrompt prompt) {
    Bank bank = plan.bank();
    String counts =
        "sections=%d; tokens=%d"
            .formatted(
                prompt == null ? 0 : prompt.sections(), prompt == null ? 0 : prompt.memoryTokens());
    return bank == null ? counts : counts + "; bank=" + bank.name();
  }

  /// Header values are one line of printable ASCII; commas and equals signs separate ours.
  private static String headerSafe(String value) {
    return value.replaceAll("[^\\x21-\\x7e ]", "?").replace(',', ';').replace('=', ':');
  }
}
