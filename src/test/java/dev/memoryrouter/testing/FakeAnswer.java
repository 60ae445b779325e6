package dev.memoryrouter.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Plays one script to one client.
final class FakeAnswer {
  /// By this, a person or a test asks the echo for a tool call: `call tool read_file {"path":"a"}`.
  private static final Pattern WANTED = Pattern.compile("call tool (\\w+) ?(\\{.*\\})?");

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

  /// The answer without a script: who answers and what was received, or the tool call asked for.
  static Script echo(String model, JsonNode body) {
    JsonNode messages = body.path("messages");
    String last = text(messages.path(messages.size() - 1));
    Matcher wanted = WANTED.matcher(last);
    if (wanted.find()) {
      for (JsonNode tool : body.path("tools")) {
        if (tool.path("function").path("name").asString("").equals(wanted.group(1))) {
          String arguments = wanted.group(2) == null ? "{}" : wanted.group(2);
          return Script.tool(wanted.group(1), arguments);
        }
      }
    }
    List<Script.Step> words = new ArrayList<>();
    String answer = "I am " + model + " and got " + messages.size() + " messages.";
    for (String word : answer.split("(?<= )", -1)) {
      words.add(new Script.Step.Text(word));
    }
    return Script.of(words.toArray(Script.Step[]::new));
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
      case Script.Step.Done(var reason) -> done(reason);
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

  private boolean done(String reason) throws IOException {
    int prompt = script.promptTokens() < 0 ? roughTokens(call.body()) : script.promptTokens();
    int completion = script.completionTokens() < 0 ? pieces : script.completionTokens();
    // Counted as answered before the last bytes leave: a client may close upon them.
    call.finished();
    say(voice.done(reason, tools > 0, prompt, completion));
    return end();
  }

  private boolean end() throws IOException {
    call.finished();
    if (!connection.begun()) {
      connection.begin(voice.contentType());
    }
    connection.end();
    return false;
  }

  private static String text(JsonNode message) {
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
