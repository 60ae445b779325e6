package dev.memoryrouter.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Plays one script to one client.
final class FakeAnswer {
  /// By this, a person or a test asks the echo for a tool call: `call tool read_file {"path":"a"}`.
  private static final Pattern WANTED = Pattern.compile("call tool (\\w+) ?(\\{.*\\})?");

  /// By this, for numbered words of one's own: `count alpha to 500`.
  private static final Pattern COUNT = Pattern.compile("count (\\w+) to (\\d{1,5})");

  private static final JsonMapper JSON = JsonMapper.shared();

  private final FakeConnection connection;
  private final Voice voice;
  private final Script script;
  private final FakeUpstream.Call call;
  private int tools;
  private int pieces;

  FakeAnswer(FakeConnection connection, Voice voice, Script script, FakeUpstream.Call call) {
    this.connection = connection;
    this.voice = voice;
    this.script = script;
    this.call = call;
  }

  /// The answer without a script: who answers and what was received, or what a message asks for: an
  /// edit of a file, a tool call, or numbered words.
  static Script echo(String model, JsonNode body) {
    return CodingModel.answer(body).orElseGet(() -> plainEcho(model, body));
  }

  private static Script plainEcho(String model, JsonNode body) {
    JsonNode messages = body.path("messages");
    String last = text(messages.path(messages.size() - 1));
    Matcher wanted = WANTED.matcher(last);
    if (wanted.find() && offered(body, wanted.group(1))) {
      return Script.tool(wanted.group(1), wanted.group(2) == null ? "{}" : wanted.group(2));
    }
    Matcher count = COUNT.matcher(last);
    if (count.find()) {
      return numbered(count.group(1), Integer.parseInt(count.group(2)));
    }
    if (wantsJson(body)) {
      return Script.text(
          JSON.createObjectNode().put("model", model).put("messages", messages.size()).toString());
    }
    String answer = "I am " + model + " and got " + messages.size() + " messages.";
    return Script.text(answer.split("(?<= )", -1));
  }

  /// Of both protocols.
  private static boolean wantsJson(JsonNode body) {
    return body.has("format")
        || body.path("response_format").path("type").asString("").startsWith("json");
  }

  static boolean offered(JsonNode body, String tool) {
    return body.path("tools")
        .valueStream()
        .anyMatch(it -> it.path("function").path("name").asString("").equals(tool));
  }

  /// `alpha-1 alpha-2 …`, one piece each.
  private static Script numbered(String name, int count) {
    return Script.text(
        IntStream.rangeClosed(1, count).mapToObj(i -> name + "-" + i + " ").toArray(String[]::new));
  }

  static int roughTokens(JsonNode body) {
    int characters = body.path("tools").toString().length();
    for (JsonNode message : body.path("messages")) {
      characters += text(message).length() + 20;
    }
    return Math.max(1, characters / 4);
  }

  void play() throws IOException, InterruptedException {
    boolean waits =
        !script.steps().isEmpty() && script.steps().getFirst() instanceof Script.Step.Wait;
    if (!waits || voice instanceof OpenAiVoice) {
      connection.begin(voice.contentType());
      connection.write(voice.begin());
    }
    boolean open = true;
    for (Script.Step step : script.steps()) {
      if (!open) {
        return;
      }
      open = step(step);
    }
    if (open) {
      done("stop");
      end();
    }
  }

  /// @return whether the answer goes on
  private boolean step(Script.Step step) throws IOException, InterruptedException {
    return switch (step) {
      case Script.Step.Text(var text) -> say(voice.text(text));
      case Script.Step.Reasoning(var text) -> say(voice.reasoning(text));
      case Script.Step.Tool(var name, var arguments) -> say(voice.tool(tools++, name, arguments));
      case Script.Step.Raw(var text) -> say(text);
      case Script.Step.Wait(var duration) -> connection.silence(duration);
      case Script.Step.Hang _ -> connection.silence(Duration.ofDays(1));
      case Script.Step.Failed(var json) -> {
        say(voice.error(json));
        yield end();
      }
      case Script.Step.EndEarly _ -> end();
      case Script.Step.Drop _ -> {
        call.finished();
        connection.close();
        yield false;
      }
      case Script.Step.Done(var reason) -> {
        done(reason);
        yield end();
      }
      case Script.Step.DoneAndDrop _ -> {
        done("stop");
        connection.close();
        yield false;
      }
    };
  }

  private boolean say(String text) throws IOException {
    if (!connection.begun()) {
      connection.begin(voice.contentType());
    }
    connection.write(text);
    pieces++;
    return true;
  }

  private void done(String reason) throws IOException {
    int prompt = script.promptTokens() < 0 ? roughTokens(call.body()) : script.promptTokens();
    int completion = script.completionTokens() < 0 ? pieces : script.completionTokens();
    // Counted as answered before the last bytes leave: a client may close upon them.
    call.finished();
    say(voice.done(reason, tools > 0, prompt, completion));
  }

  private boolean end() throws IOException {
    call.finished();
    if (!connection.begun()) {
      connection.begin(voice.contentType());
    }
    connection.end();
    return false;
  }

  static String text(JsonNode message) {
    JsonNode content = message.path("content");
    if (!content.isArray()) {
      return content.asString("");
    }
    var all = new StringBuilder();
    for (JsonNode part : content) {
      all.append(part.path("text").asString("")).append('\n');
    }
    return all.toString();
  }
}
