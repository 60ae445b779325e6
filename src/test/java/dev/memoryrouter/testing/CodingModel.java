package dev.memoryrouter.testing;

import dev.memoryrouter.testing.Script.Step;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A model that does one thing, for coding agents that run without a person: `In FILE, replace OLD
/// by NEW.` It reads the file with the agent's own tool, edits it, and ends. Each answer follows
/// from the messages and the tools alone, so any restart or repetition is answered alike.
final class CodingModel {
  private static final Pattern TASK = Pattern.compile("\\bIn (\\S+), replace (\\w+) by (\\w+)\\.");
  private static final Pattern FOLDER = Pattern.compile("(?i)\\bworking directory: (\\S+)");

  /// What an agent writes where it has replaced a part of the history.
  private static final List<String> COMPACTED =
      List.of("Context summary:", "Earlier context was compacted");

  private static final JsonMapper JSON = JsonMapper.shared();

  /// The tools of one agent.
  private enum Hand {
    CLINE("read_files", "editor") {
      @Override
      ObjectNode read(String path) {
        ObjectNode arguments = JSON.createObjectNode();
        arguments.putArray("files").addObject().put("path", path);
        return arguments;
      }

      @Override
      ObjectNode edit(String path, String old, String replacement) {
        return JSON.createObjectNode()
            .put("path", path)
            .put("old_text", old)
            .put("new_text", replacement);
      }
    },
    OPENCODE("read", "edit") {
      @Override
      ObjectNode read(String path) {
        return JSON.createObjectNode().put("filePath", path);
      }

      @Override
      ObjectNode edit(String path, String old, String replacement) {
        return read(path).put("oldString", old).put("newString", replacement);
      }
    };

    private final String reader;
    private final String editor;

    Hand(String reader, String editor) {
      this.reader = reader;
      this.editor = editor;
    }

    abstract ObjectNode read(String path);

    abstract ObjectNode edit(String path, String old, String replacement);
  }

  /// A task, and how far it is.
  ///
  /// @param done results of tools so far
  private record Work(MatchResult task, int done) {
    String file() {
      return task.group(1);
    }
  }

  private final JsonNode body;
  private final List<JsonNode> messages;

  private CodingModel(JsonNode body) {
    this.body = body;
    this.messages = body.path("messages").valueStream().toList();
  }

  /// The answer; nothing when no message has such a task.
  static Optional<Script> answer(JsonNode body) {
    return new CodingModel(body).answer();
  }

  private Optional<Script> answer() {
    Work work = work();
    return work == null ? Optional.empty() : Optional.of(answer(work));
  }

  private Script answer(Work work) {
    Optional<Hand> hand = Stream.of(Hand.values()).filter(it -> offers(it.reader)).findFirst();
    if (hand.isEmpty()) {
      // A title, or the summary from which the work goes on.
      return Script.text(work.task().group());
    }
    return step(work, hand.get());
  }

  private Script step(Work work, Hand hand) {
    String path = folder() + work.file();
    if (work.done() == 0) {
      return call("read", hand.reader, hand.read(path));
    }
    if (!offers(hand.editor)) {
      return Script.text("The plan: ", "one edit of ", work.file(), ".");
    }
    MatchResult task = work.task();
    return work.done() == 1
        ? call("edit", hand.editor, hand.edit(path, task.group(2), task.group(3)))
        : Script.text("I have ", "edited ", work.file(), ".");
  }

  private static Script call(String verb, String tool, ObjectNode arguments) {
    return Script.text("I ", verb, " the file. ").then(new Step.Tool(tool, arguments.toString()));
  }

  private @Nullable Work work() {
    Work asked = newest("user");
    // A history that an agent compacts may lose the person's words; the summary has the task.
    return asked == null ? newest("assistant") : asked;
  }

  private @Nullable Work newest(String role) {
    for (int m = messages.size() - 1; m >= 0; m--) {
      Matcher matcher = TASK.matcher(FakeAnswer.text(messages.get(m)));
      if (is(messages.get(m), role) && matcher.find()) {
        return new Work(matcher.toMatchResult(), results(m) + (isCompacted(role) ? 1 : 0));
      }
    }
    return null;
  }

  private int results(int from) {
    return (int) messages.stream().skip(from).filter(message -> is(message, "tool")).count();
  }

  /// What was read is not read again: that would fill the history once more.
  private boolean isCompacted(String role) {
    return role.equals("assistant")
        || messages.stream()
            .filter(message -> is(message, "user"))
            .map(FakeAnswer::text)
            .anyMatch(text -> COMPACTED.stream().anyMatch(text::contains));
  }

  private String folder() {
    return messages.stream()
        .filter(message -> is(message, "system"))
        .map(message -> FOLDER.matcher(FakeAnswer.text(message)))
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1) + "/")
        .findFirst()
        .orElse("");
  }

  private boolean offers(String tool) {
    return FakeAnswer.offered(body, tool);
  }

  private static boolean is(JsonNode message, String role) {
    return message.path("role").asString("").equals(role);
  }
}
