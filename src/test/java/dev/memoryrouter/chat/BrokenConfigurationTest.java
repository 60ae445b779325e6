package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files: whatever stands in them, the answer is a configuration or a list of problems with
/// a message each.
class BrokenConfigurationTest {
  private static final Path EXPLICIT = Path.of("src/test/resources/config/explicit");
  private static final List<String> FILES = List.of("server.yaml", "models.yaml", "routing.yaml");
  private static final String[] PIECES = {
    "", "{", "}", "[", "]", ":", ": ", "- ", "#", "\"", "'", "&a ", "*a", "!!int ", "${", "${X:",
    "\n", "  ", "\t", "null", "~", "|", ">", "%", "? ", "<<: ", "---\n", "\u0000", "\uD83D",
    "1e999", "-1"
  };

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void load_damagedFiles_neverFailsOtherwise(long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      for (String name : FILES) {
        String text = Files.readString(EXPLICIT.resolve(name));
        Files.write(
            folder.resolve(name),
            (random.nextInt(3) == 0 ? damaged(text, random) : text)
                .getBytes(StandardCharsets.UTF_8));
      }
      assertLoadsOrTells("seed " + seed + ", round " + round);
    }
  }

  private void assertLoadsOrTells(String description) {
    try {
      new ConfigurationLoader(folder).load(folder, Environment.of(Map.of()));
    } catch (ConfigException e) {
      assertThat(e.problems()).as(description).isNotEmpty();
      assertThat(e.problems())
          .as(description)
          .extracting(ConfigProblem::message)
          .noneMatch(message -> message.isBlank() || message.equals("null"));
    }
  }

  private static String damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(damaged.length());
      int end = Math.min(damaged.length(), at + random.nextInt(6));
      damaged.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
    }
    return damaged.toString();
  }

  @Test
  void load_recursiveAlias_isTold() throws IOException {
    for (String name : FILES) {
      Files.copy(EXPLICIT.resolve(name), folder.resolve(name));
    }
    Files.writeString(folder.resolve("routing.yaml"), "default: coder\nintents: &i {a: *i}\n");

    assertLoadsOrTells("recursive alias");
  }
}
