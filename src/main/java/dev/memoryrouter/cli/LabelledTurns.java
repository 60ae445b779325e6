package dev.memoryrouter.cli;

import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.routing.LabelledTurn;
import dev.memoryrouter.routing.Utterance;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads labelled turns from a file with one JSON object a line: `text` and `intent` (null for
/// words that ask for nothing), optionally `id`, `mode`, `images` and `difficulty`.
final class LabelledTurns {
  private final Path file;
  private final Set<String> intents;

  private LabelledTurns(Path file, Set<String> intents) {
    this.file = file;
    this.intents = intents;
  }

  /// The turns of a file.
  ///
  /// @param intents names of the configured intents
  /// @throws CommandFailure naming file, line and fault
  static List<LabelledTurn> read(Path file, Set<String> intents) throws IOException {
    return new LabelledTurns(file, intents).read();
  }

  private List<LabelledTurn> read() throws IOException {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a folder: name a file with labelled turns.");
    }
    List<LabelledTurn> turns = new ArrayList<>();
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        turns.add(turn(lines.get(i), i + 1));
      }
    }
    if (turns.isEmpty()) {
      throw new CommandFailure(file + " has no turns.");
    }
    return turns;
  }

  private List<String> lines() throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException _) {
      throw new CommandFailure(file + " is not UTF-8 text.");
    }
  }

  private LabelledTurn turn(String line, int number) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw fault(number, "is not JSON: " + e.getOriginalMessage());
    }
    if (!json.path("text").isString()) {
      throw fault(number, "needs a text");
    }
    return new LabelledTurn(
        json.path("id").asString("line " + number),
        new Utterance(
            json.path("text").asString(), mode(json, number), json.path("images").asInt(0)),
        intent(json, number),
        json.path("difficulty").asString("-"));
  }

  private @Nullable Mode mode(JsonNode json, int number) {
    JsonNode mode = json.path("mode");
    if (mode.isMissingNode() || mode.isNull()) {
      return null;
    }
    for (Mode known : Mode.values()) {
      if (known.label().equals(mode.asString())) {
        return known;
      }
    }
    throw fault(number, "has the mode " + mode + "; known are plan, act and null");
  }

  private @Nullable String intent(JsonNode json, int number) {
    JsonNode intent = json.path("intent");
    if (intent.isMissingNode()) {
      throw fault(number, "needs an intent, or null when the words ask for nothing");
    }
    if (intent.isNull()) {
      return null;
    }
    if (!intents.contains(intent.asString())) {
      throw fault(
          number,
          "has the intent "
              + intent
              + ", which routing.yaml does not know; "
              + NearestName.hint(intent.asString(), intents));
    }
    return intent.asString();
  }

  private CommandFailure fault(int line, String what) {
    return new CommandFailure(file + ":" + line + ": the turn " + what + ".");
  }
}
