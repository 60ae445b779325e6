package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.Script.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class CodingModelTest {
  private static final String SYSTEM =
      "{\"role\":\"system\",\"content\":\"Working directory: /home/ana\"}";
  private static final String TASK =
      ",{\"role\":\"user\",\"content\":\"In a.txt, replace one by two.\"}";
  private static final String RESULT = ",{\"role\":\"tool\",\"content\":\"done\"}";

  private static List<Step> steps(String messages, String... tools) {
    var body = JsonMapper.shared().createObjectNode();
    body.set("messages", JsonMapper.shared().readTree("[" + messages + "]"));
    for (String tool : tools) {
      body.withArray("tools").addObject().putObject("function").put("name", tool);
    }
    return CodingModel.answer(body).orElseThrow().steps();
  }

  @Test
  void answer_stepByStep_readsEditsAndEnds() {
    assertThat(steps(SYSTEM + TASK, "read", "edit"))
        .contains(new Step.Tool("read", "{\"filePath\":\"/home/ana/a.txt\"}"));
    assertThat(steps(SYSTEM + TASK + RESULT, "read_files", "editor"))
        .contains(
            new Step.Tool(
                "editor",
                "{\"path\":\"/home/ana/a.txt\",\"old_text\":\"one\",\"new_text\":\"two\"}"));
    assertThat(steps(SYSTEM + TASK + RESULT + RESULT, "read", "edit"))
        .doesNotHaveAnyElementsOfTypes(Step.Tool.class);
  }

  @Test
  void answer_withoutTools_namesTheTask() {
    assertThat(steps(SYSTEM + TASK)).contains(new Step.Text("In a.txt, replace one by two."));
  }

  @Test
  void answer_wordsLostInACompaction_editsByTheSummary() {
    String summary =
        TASK.replace("user", "assistant") + ",{\"role\":\"user\",\"content\":\"Go on\"}";
    assertThat(steps(SYSTEM + summary, "read", "edit"))
        .hasAtLeastOneElementOfType(Step.Tool.class)
        .noneMatch(step -> step instanceof Step.Tool(String name, _) && name.equals("read"));
  }
}
