package dev.memoryrouter.cli;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The settings of each client as they are typed or pasted.
record ClientSettings(Connection to) {
  private static final JsonMapper JSON = JsonMapper.shared();

  String text(Client client) {
    return switch (client) {
      case CLINE -> cline();
      case ROO -> roo();
      case CONTINUE -> continueDev();
      case AIDER -> aider();
      case OPENCODE -> opencode();
      case KILO -> kilo();
      case QWEN_CODE -> qwenCode();
    };
  }

  private String cline() {
    return "Cline: Settings > API Configuration\n\n"
        + form("OpenAI Compatible", to.baseUrl())
        + window()
        + "\nOr let Cline learn the context window by itself, and keep each task apart:\n\n"
        + form("LiteLLM", to.server());
  }

  private String roo() {
    return "Roo Code: Settings > Providers\n\n"
        + form("OpenAI Compatible", to.baseUrl())
        + window()
        + "\nOr let Roo learn the context window by itself:\n\n"
        + form("LiteLLM", to.server());
  }

  private String kilo() {
    return "Kilo Code in the editor: Settings > Providers\n\n"
        + form("OpenAI Compatible", to.baseUrl())
        + window()
        + "\nKilo CLI: ~/.config/kilo/kilo.json\n\n"
        + pretty(openCodeJson());
  }

  private String form(String provider, String baseUrl) {
    return """
      API Provider:  %s
      Base URL:      %s
      API Key:       %s%s
      Model ID:      %s
    """
        .formatted(
            provider,
            baseUrl,
            to.key(),
            to.keyNeeded() ? "" : "   (any text: the server asks for none)",
            to.model());
  }

  private String window() {
    return """
      Context Window Size:  %d
      Max Output Tokens:    %d
      Supports Images:      %s
    """
        .formatted(
            to.window().maxInput(), to.window().maxOutput(), to.window().vision() ? "yes" : "no");
  }

  private String continueDev() {
    return """
    # Continue: ~/.continue/config.yaml
    name: Local
    version: 0.0.1
    schema: v1
    models:
      - name: %1$s
        provider: openai
        model: %1$s
        apiBase: %2$s
        apiKey: %3$s
        roles: [chat, edit, apply]
        capabilities: [%4$s]
        defaultCompletionOptions:
          contextLength: %5$d
          maxTokens: %6$d
    """
        .formatted(
            json(to.model()),
            json(to.baseUrl()),
            json(to.key()),
            to.window().vision() ? "tool_use, image_input" : "tool_use",
            to.context(),
            to.window().maxOutput());
  }

  private String aider() {
    ObjectNode metadata = JSON.createObjectNode();
    metadata
        .putObject("openai/" + to.model())
        .put("litellm_provider", "openai")
        .put("mode", "chat")
        .put("max_input_tokens", to.window().maxInput())
        .put("max_output_tokens", to.window().maxOutput())
        .put("input_cost_per_token", 0)
        .put("output_cost_per_token", 0);
    return """
    # aider sends no folder: it gets the default bank. For another: --model openai/%1$s/<bank>
    OPENAI_API_BASE=%2$s OPENAI_API_KEY=%3$s aider --model openai/%1$s

    # So that it knows the context window: .aider.model.metadata.json in the project or at home
    %4$s\
    """
        .formatted(to.model(), shell(to.baseUrl()), shell(to.key()), pretty(metadata));
  }

  private String opencode() {
    return pretty(openCodeJson());
  }

  /// `opencode.json`, which Kilo CLI reads too.
  private ObjectNode openCodeJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("model", "local/" + to.model());
    ObjectNode provider = json.putObject("provider").putObject("local");
    provider.put("npm", "@ai-sdk/openai-compatible").put("name", "Local");
    provider.putObject("options").put("baseURL", to.baseUrl()).put("apiKey", to.key());
    ObjectNode model = provider.putObject("models").putObject(to.model());
    model.put("name", to.model()).put("tool_call", true).put("attachment", to.window().vision());
    model.putObject("limit").put("context", to.context()).put("output", to.window().maxOutput());
    return json;
  }

  private String qwenCode() {
    return """
    export OPENAI_BASE_URL=%s
    export OPENAI_API_KEY=%s
    export OPENAI_MODEL=%s
    qwen
    """
        .formatted(shell(to.baseUrl()), shell(to.key()), shell(to.model()));
  }

  private static String pretty(ObjectNode json) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static String json(String text) {
    return JSON.writeValueAsString(text);
  }

  private static String shell(String text) {
    return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
