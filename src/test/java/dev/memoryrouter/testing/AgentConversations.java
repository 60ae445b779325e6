package dev.memoryrouter.testing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Generates agent conversations turn by turn in the wire shapes of real agents, with own words.
/// The same seed gives the same bodies. Remembers the mode and the clock, so one generator serves
/// one conversation; not thread-safe.
public final class AgentConversations {
  /// The wire shape of an agent.
  public enum Shape {
    CLINE_XML,
    CLINE_NATIVE,
    CLINE_SDK,
    ROO_NATIVE,
    CONTINUE,
    OPENCODE,
    KILO,
    QWEN_CODE,
    /// An OpenAI client without an envelope, with one tool.
    PLAIN
  }

  /// What the client sends after an answer of the model.
  public sealed interface Step {
    /// A tool ran.
    record ToolResult(String result) implements Step {}

    /// The person says something.
    record Words(String words) implements Step {}

    /// A tool ran and the person comments on it.
    record Comment(String result, String words) implements Step {}

    /// The person says something and shows an image.
    record Picture(String words) implements Step {}
  }

  /// The smallest PNG that is worth the name: 16 × 9 pixels of one colour.
  public static final String IMAGE =
      "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAJCAIAAAC0SDtlAAAAFElEQVR42mPQiFpAEmIY1T"
          + "AoNAAAR32jIURhtrkAAAAASUVORK5CYII=";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("M/d/yyyy, h:mm:ss a", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final String PLAN_REMINDER =
      "<system-reminder>\n# Plan Mode\nOnly plan.\n</system-reminder>";
  private static final List<String> VOCABULARY =
      List.of(
          "tide", "harbour", "gauge", "buoy", "ledger", "window", "parser", "queue", "retry",
          "cache", "index", "the", "a", "of", "between", "before", "reads", "writes", "returns",
          "slow");

  private final Shape shape;
  private final String workspace;
  private final String session;
  private final Random random;
  private final String systemFiller;
  private Instant time = Instant.parse("2027-03-02T08:00:00Z");
  private boolean plan;
  private boolean toggled;
  private int calls;

  /// A new conversation in act mode.
  ///
  /// @param systemChars approximate length of the system prompt
  public AgentConversations(Shape shape, String workspace, int systemChars, long seed) {
    this.shape = shape;
    this.workspace = workspace;
    session = "ses_" + shape.name().toLowerCase(Locale.ROOT) + seed;
    random = new Random(seed);
    systemFiller = prose(systemChars);
  }

  /// Headers that the agent sends, names in lower case.
  public Map<String, String> headers() {
    return switch (shape) {
      case CLINE_XML, CLINE_NATIVE -> Map.of("user-agent", "Cline/3.89.2");
      case CLINE_SDK -> Map.of("user-agent", "ai-sdk/openai-compatible/3.0.37 runtime/bun/1.3.13");
      case ROO_NATIVE -> Map.of("user-agent", "RooCode/3.52.1", "x-title", "Roo Code");
      case CONTINUE -> Map.of("user-agent", "ls/JS 6.1.0");
      case OPENCODE -> Map.of("user-agent", "opencode/1.18.33", "x-session-id", session);
      case KILO ->
          Map.of("user-agent", "Kilo-Code/7.7.7", "x-title", "Kilo Code", "x-session-id", session);
      case QWEN_CODE -> Map.of("user-agent", "QwenCode/0.24.4");
      case PLAIN -> Map.of("user-agent", "OpenAI/JS 6.1.0");
    };
  }

  /// The mode of the turns from now on.
  public void toggleMode() {
    plan = !plan;
    toggled = true;
  }

  public boolean isPlanning() {
    return plan;
  }

  /// The body of the first request.
  public ObjectNode firstTurn(String words) {
    ObjectNode body = JSON.createObjectNode().put("model", "cline-memory-router");
    ArrayNode messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", system());
    switch (shape) {
      case CLINE_XML, CLINE_NATIVE ->
          user(messages, wrapped("task", words), reminder(), environment(true));
      case ROO_NATIVE -> user(messages, wrapped("user_message", words), environment(true));
      case CLINE_SDK, CONTINUE, OPENCODE, KILO, PLAIN -> said(messages, words);
      case QWEN_CODE ->
          user(
              messages,
              "I'm currently working in the directory: " + workspace + "\nIt holds src/.",
              "<system-reminder>\nA reminder. (stand-in)\n</system-reminder>",
              words);
    }
    offerTools(body);
    return body.put("stream", true);
  }

  /// The body of the request after `previous`, which is not changed: the model's answer and the
  /// client's next step are added.
  public ObjectNode nextTurn(ObjectNode previous, String answer, Step step) {
    ObjectNode body = previous.deepCopy();
    ArrayNode messages = (ArrayNode) body.get("messages");
    if (changesWithMode() && toggled) {
      ((ObjectNode) messages.get(0)).put("content", system());
      offerTools(body);
    }
    switch (shape) {
      case CLINE_XML -> xmlTurn(messages, answer, step);
      case CLINE_NATIVE, ROO_NATIVE -> nativeTurn(messages, answer, step);
      case CLINE_SDK, CONTINUE, OPENCODE, KILO, QWEN_CODE, PLAIN ->
          bareTurn(messages, answer, step);
    }
    return body;
  }

  /// A conversation of tool results whose texts have about so many characters.
  public ObjectNode grown(int chars) {
    ObjectNode body = firstTurn("Find out why " + prose(60));
    for (int size = 0; size < chars; size += 4_000) {
      body = nextTurn(body, prose(400), new Step.ToolResult(code(3_600)));
    }
    return body;
  }

  /// Made-up prose of about so many characters.
  public String prose(int chars) {
    StringBuilder text = new StringBuilder("so");
    while (text.length() < chars) {
      text.append(random.nextInt(12) == 0 ? ",\n" : " ");
      text.append(VOCABULARY.get(random.nextInt(VOCABULARY.size())));
    }
    return text.toString();
  }

  /// Made-up numbered source lines of about so many characters.
  public String code(int chars) {
    StringBuilder text = new StringBuilder();
    for (int line = 1; text.length() < chars; line++) {
      String name = VOCABULARY.get(random.nextInt(VOCABULARY.size()));
      text.append(line).append(" | if (a < b) { ").append(name).append("(").append(line);
      text.append("); } // <task>\n");
    }
    return text.toString();
  }

  /// Agents that change their prompt and tools with the mode.
  private boolean changesWithMode() {
    return shape == Shape.CLINE_SDK || shape == Shape.CONTINUE || shape == Shape.KILO;
  }

  private String system() {
    String section = plan && shape == Shape.CLINE_SDK ? "\n# Plan Mode\nOnly plan.\n" : "\n";
    return switch (shape) {
      case CLINE_XML, CLINE_NATIVE, ROO_NATIVE ->
          "You are a stand-in agent.\n\n"
              + systemFiller
              + "\n\nSYSTEM INFORMATION\n\nCurrent Working Directory: "
              + workspace
              + "\n";
      case CLINE_SDK ->
          "You are a stand-in agent.\n<env>\n1. Platform: linux\n4. Working Directory: "
              + workspace
              + "\n</env>\n"
              + systemFiller
              + section;
      case CONTINUE, OPENCODE ->
          "A stand-in prompt.\n<env>\nWorking directory: "
              + workspace
              + "\n</env>\n"
              + systemFiller;
      case KILO, QWEN_CODE, PLAIN -> systemFiller;
    };
  }

  private void offerTools(ObjectNode body) {
    List<String> names =
        switch (shape) {
          case CLINE_XML -> List.of();
          case CLINE_NATIVE ->
              List.of("read_file", "attempt_completion", "plan_mode_respond", "write_to_file");
          case ROO_NATIVE -> List.of("read_file", "attempt_completion", "apply_diff");
          case CLINE_SDK ->
              plan
                  ? List.of("read_files", "run_commands", "ask_question")
                  : List.of("read_files", "run_commands", "ask_question", "editor");
          case CONTINUE ->
              plan ? List.of("Read", "List") : List.of("Read", "List", "Edit", "Write");
          case KILO -> plan ? List.of("read", "glob") : List.of("read", "glob", "edit", "write");
          case OPENCODE -> List.of("read", "edit", "write", "bash");
          case QWEN_CODE -> List.of("read_file", "edit", "run_shell_command");
          case PLAIN -> List.of("lookup");
        };
    ArrayNode tools = names.isEmpty() ? JSON.createArrayNode() : body.putArray("tools");
    for (String name : names) {
      ObjectNode function = tools.addObject().put("type", "function").putObject("function");
      function.put("name", name).put("description", "stand-in");
      function.putObject("parameters").put("type", "object").putObject("properties");
    }
  }

  private void xmlTurn(ArrayNode messages, String answer, Step step) {
    messages.addObject().put("role", "assistant").put("content", answer + "\n\n<read_file/>");
    switch (step) {
      case Step.ToolResult(String result) -> user(messages, result(result), environment(false));
      case Step.Comment(String result, String words) ->
          user(messages, comment(words), result(result), environment(false));
      case Step.Words(String words) when plan ->
          user(messages, planAnswer(words), environment(false));
      case Step.Words(String words) ->
          user(messages, completion(), comment(words), environment(false));
      case Step.Picture(String words) -> {
        ArrayNode content = user(messages, completion(), comment(words));
        image(content);
        content.addObject().put("type", "text").put("text", environment(false));
      }
    }
  }

  private void nativeTurn(ArrayNode messages, String answer, Step step) {
    String said = step instanceof Step.ToolResult ? "read_file" : spokenThrough(step);
    String id = call(messages, answer, said);
    boolean roo = shape == Shape.ROO_NATIVE;
    switch (step) {
      case Step.ToolResult(String result) -> tool(messages, id, result);
      case Step.Comment(String result, String words) ->
          tool(messages, id, roo ? verdict(words) + "\n\n" + result : result);
      case Step.Words(String words) -> tool(messages, id, wrapped("user_message", words));
      case Step.Picture(String words) -> {
        tool(messages, id, wrapped("user_message", words) + "\n(see following user message)");
        image(messages.addObject().put("role", "user").putArray("content"));
      }
    }
    if (step instanceof Step.Comment(_, String words) && !roo) {
      user(messages, comment(words), reminder(), environment(false));
    } else {
      user(messages, environment(false));
    }
  }

  private String spokenThrough(Step step) {
    if (step instanceof Step.Comment) {
      return "write_to_file";
    }
    return plan && shape == Shape.CLINE_NATIVE ? "plan_mode_respond" : "attempt_completion";
  }

  private void bareTurn(ArrayNode messages, String answer, Step step) {
    String name = shape == Shape.PLAIN ? "lookup" : "read_files";
    switch (step) {
      case Step.ToolResult(String result) ->
          tool(messages, call(messages, answer, name), results(result));
      case Step.Comment(String result, String words) -> {
        tool(messages, call(messages, answer, name), results(result));
        said(messages, notice() + words);
      }
      case Step.Words(String words) -> {
        messages.addObject().put("role", "assistant").put("content", answer);
        said(messages, notice() + words);
      }
      case Step.Picture(String words) -> {
        messages.addObject().put("role", "assistant").put("content", answer);
        boolean reminded = plan && shape == Shape.OPENCODE;
        image(reminded ? user(messages, words, PLAN_REMINDER) : user(messages, notice() + words));
      }
    }
  }

  private String notice() {
    boolean tell = toggled && shape == Shape.CLINE_SDK;
    toggled = false;
    String way = plan ? "from act mode to plan mode" : "from plan mode to act mode";
    return tell
        ? "<mode_notice>The user switched " + way + " before sending this message.</mode_notice>\n"
        : "";
  }

  private String call(ArrayNode messages, String answer, String name) {
    calls++;
    String id = "call_" + calls;
    ObjectNode message = messages.addObject().put("role", "assistant").put("content", answer);
    ObjectNode call = message.putArray("tool_calls").addObject().put("id", id);
    call.put("type", "function").putObject("function").put("name", name).put("arguments", "{}");
    return id;
  }

  private static void tool(ArrayNode messages, String id, String content) {
    messages.addObject().put("role", "tool").put("tool_call_id", id).put("content", content);
  }

  /// Words as clients without tags around them send them.
  private void said(ArrayNode messages, String words) {
    switch (shape) {
      case OPENCODE -> {
        String quoted = quoted(words);
        if (plan) {
          user(messages, quoted, PLAN_REMINDER);
        } else {
          messages.addObject().put("role", "user").put("content", quoted);
        }
      }
      case KILO ->
          user(
              messages,
              quoted(words),
              "<environment_details>\nWorking directory: "
                  + workspace
                  + "\n</environment_details>");
      case QWEN_CODE -> user(messages, words);
      case CLINE_XML, CLINE_NATIVE, CLINE_SDK, ROO_NATIVE, CONTINUE, PLAIN ->
          messages.addObject().put("role", "user").put("content", words);
    }
  }

  private static String quoted(String words) {
    return '"' + words.replace("\"", "\\\"") + '"';
  }

  private static ArrayNode user(ArrayNode messages, String... texts) {
    ArrayNode content = messages.addObject().put("role", "user").putArray("content");
    for (String text : texts) {
      content.addObject().put("type", "text").put("text", text);
    }
    return content;
  }

  private static void image(ArrayNode content) {
    content.addObject().put("type", "image_url").putObject("image_url").put("url", IMAGE);
  }

  private static String wrapped(String tag, String words) {
    return "<" + tag + ">\n" + words + "\n</" + tag + ">";
  }

  private static String comment(String words) {
    return "The user provided the following feedback:\n" + wrapped("feedback", words);
  }

  private static String completion() {
    return "[attempt_completion] Result: Done";
  }

  private static String planAnswer(String words) {
    return "[plan_mode_respond] Result:\n" + wrapped("user_message", words);
  }

  private static String verdict(String words) {
    return JSON.createObjectNode().put("status", "approved").put("feedback", words).toString();
  }

  private String result(String result) {
    return "[read_file for 'src/" + random.nextInt(1_000) + ".java'] Result:\n" + result;
  }

  private static String results(String result) {
    ObjectNode entry = JSON.createObjectNode().put("query", "src").put("result", result);
    return JSON.createArrayNode().add(entry.put("success", true)).toString();
  }

  private static String reminder() {
    return "\n# task_progress RECOMMENDED\n\n(stand-in for a checklist reminder)\n";
  }

  /// Old blocks keep their time; each new one is some seconds later.
  private String environment(boolean first) {
    time = time.plusMillis(1_000L + random.nextInt(60_000));
    return shape == Shape.ROO_NATIVE ? rooEnvironment(first) : clineEnvironment(first);
  }

  private String clineEnvironment(boolean first) {
    return "<environment_details>\n# Visual Studio Code Visible Files\nsrc/Main.java\n\n"
        + "# Visual Studio Code Open Tabs\nsrc/Main.java\n\n# Current Time\n"
        + LOCAL.format(time)
        + " (Etc/UTC, UTC+0:00)\n\n"
        + (first ? "# Current Working Directory (" + workspace + ") Files\nsrc/\n\n" : "")
        + "# Current Mode\n"
        + (plan ? "PLAN MODE\n(stand-in paragraph)" : "ACT MODE")
        + "\n</environment_details>";
  }

  private String rooEnvironment(boolean first) {
    String slug = plan ? "architect" : "code";
    return "<environment_details>\n# VSCode Visible Files\nsrc/Main.java\n\n# Current Time\n"
        + "Current time in ISO 8601 UTC format: "
        + time
        + "\n\n# Current Cost\n$0.00\n\n# Current Mode\n<slug>"
        + slug
        + "</slug>\n<name>"
        + slug
        + "</name>\n"
        + (first ? "\n# Current Workspace Directory (" + workspace + ") Files\nsrc/\n" : "")
        + "</environment_details>";
  }
}
