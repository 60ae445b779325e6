package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.upstream.ModelsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The files in `config/` as they are shipped.
class ShippedConfigurationTest {
  private static final Environment NO_VARIABLES = Environment.of(Map.of());

  private static Configuration load() {
    return new ConfigurationLoader(Path.of("")).load(Path.of("config"), NO_VARIABLES);
  }

  @Test
  void load_shippedFiles_noWarnings() {
    assertThat(load().warnings()).isEmpty();
  }

  @Test
  void load_shippedFiles_noNotices() {
    assertThat(load().notices()).isEmpty();
  }

  @Test
  void load_shippedFiles_publishesTheSeeds() {
    assertThat(load().modelNames().published())
        .containsExactly(
            "cline-memory-router",
            "cline-memory-router/default",
            "qwen3",
            "qwen2.5-coder",
            "llama4",
            "qwen3:30b-a3b-instruct-2507-q4_K_M",
            "qwen3:30b-a3b",
            "qwen2.5-coder:32b",
            "llama4:16x17b",
            "llama4:scout");
  }

  /// The commented profiles for smaller machines, each in place of the shipped models.
  @Test
  void profiles_uncommented_areValid() throws IOException {
    List<String> profiles = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("config/models.yaml"))) {
      if (line.matches("# \\d+ GB: .*|# \\d+ GB:")) {
        profiles.add("upstreams: {o: {type: ollama, base-url: x}}\nmodels:\n");
      } else if (line.matches("#   [\\w.-]+: +\\{.*")) {
        profiles.add(profiles.removeLast() + "  " + line.substring(4) + "\n");
      } else if (line.startsWith("#   memory-budget")) {
        profiles.add(profiles.removeLast() + line.substring(4) + "\n");
      }
    }

    assertThat(profiles).hasSize(4);
    for (String profile : profiles.subList(0, 3)) {
      YamlMap map = Yaml.parse("profile", profile, NO_VARIABLES);
      assertThat(ModelsFile.read(map, Path.of("/here")).models())
          .containsOnlyKeys("qwen3", "qwen2.5-coder", "llama4");
      assertThat(map.problems()).isEmpty();
    }
  }
}
