package dev.memoryrouter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.files.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows is true.
class ReadmeTest {
  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SCRIPT = Pattern.compile("scripts/[a-z][a-z.-]+");

  @TempDir Path root;

  @Test
  void routingExample_isValidWithTheShippedIntents() throws IOException {
    String shipped = Files.readString(Path.of("config/routing.yaml"));
    String intents = shipped.substring(0, shipped.indexOf("\nrules:"));
    String fallbacks = shipped.substring(shipped.indexOf("\nfallbacks:"));
    write("routing.yaml", intents + "\n" + example("# routing.yaml") + fallbacks);
    write("models.yaml", Files.readString(Path.of("config/models.yaml")));

    Configuration configuration = load();
    assertThat(configuration.routing().rules())
        .extracting(rule -> rule.name())
        .containsExactly("images", "plan", "notes");
  }

  @Test
  void modelsExample_isValid() throws IOException {
    write("routing.yaml", "default: coder\n");
    write("models.yaml", example("# models.yaml"));

    assertThat(load().models().models()).containsOnlyKeys("coder");
  }

  @Test
  void scripts_thatAreNamed_exist() throws IOException {
    List<String> named =
        SCRIPT.matcher(readme()).results().map(MatchResult::group).distinct().toList();
    assertThat(named).isNotEmpty().allSatisfy(script -> assertThat(Path.of(script)).exists());
  }

  private Configuration load() {
    return new ConfigurationLoader(root).load(root.resolve("config"), Environment.of(Map.of()));
  }

  private void write(String name, String text) throws IOException {
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("server.yaml"), "default-bank: default\n");
    Files.writeString(config.resolve(name), text);
  }

  private static String example(String firstLine) throws IOException {
    return YAML.matcher(readme())
        .results()
        .map(match -> match.group(1))
        .filter(block -> block.startsWith(firstLine))
        .findFirst()
        .orElseThrow();
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }
}
