package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.Environment;
import java.nio.file.Path;
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
  void load_shippedFiles_saysThatCompactionIsOff() {
    assertThat(load().notices())
        .singleElement()
        .asString()
        .matches(
            "config/server.yaml:\\d+: compaction: compaction is not built yet; auto means off");
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
}
