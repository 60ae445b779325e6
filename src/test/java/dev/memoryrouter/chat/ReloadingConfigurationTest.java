package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingConfigurationTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    write("server.yaml", "banks: [{name: default, path: m}]\n");
    write(
        "models.yaml",
        "upstreams: {o: {type: ollama, base-url: localhost}}\nmodels: {coder: {}, fast: {}}\n");
    write("routing.yaml", "default: coder\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private ReloadingConfiguration configuration() {
    return new ReloadingConfiguration(
        new ConfigurationLoader(folder), folder, Environment.of(Map.of()));
  }

  private static void settle(ReloadingConfiguration configuration) {
    configuration.poll();
    configuration.poll();
  }

  @Test
  void start_badFile_fails() throws IOException {
    write("routing.yaml", "default: none\n");

    assertThatThrownBy(this::configuration).isInstanceOf(ConfigException.class);
  }

  @Test
  void edit_valid_isInForceAndTold() throws IOException {
    try (ReloadingConfiguration configuration = configuration()) {
      List<String> told = new ArrayList<>();
      configuration.onChange(c -> told.add(c.routing().defaultModel()));
      Configuration before = configuration.current();
      write("routing.yaml", "default: fast # now\n");
      settle(configuration);

      assertThat(told).containsExactly("fast");
      assertThat(configuration.current().routing().defaultModel()).isEqualTo("fast");
      assertThat(before.routing().defaultModel()).isEqualTo("coder");
      assertThat(configuration.reloads()).isEqualTo(1);
      assertThat(configuration.problem()).isEmpty();
    }
  }

  @Test
  void edit_bad_keepsTheLastGoodUntilRepaired() throws IOException {
    try (ReloadingConfiguration configuration = configuration()) {
      Configuration before = configuration.current();
      write("routing.yaml", "default: missing-model\n");
      settle(configuration);

      assertThat(configuration.current()).isSameAs(before);
      assertThat(configuration.problem()).get().asString().contains("routing.yaml:1: default: ");
      assertThat(configuration.refusedReloads()).isEqualTo(1);
      settle(configuration);
      assertThat(configuration.refusedReloads()).isEqualTo(1);

      write("routing.yaml", "default: fast\n");
      settle(configuration);
      assertThat(configuration.problem()).isEmpty();
      assertThat(configuration.current().routing().defaultModel()).isEqualTo("fast");
    }
  }

  @Test
  void edit_readerFails_keepsTheLastGoodAndSaysSo() throws IOException {
    Configuration good = new ConfigurationLoader(folder).load(folder, Environment.of(Map.of()));
    Deque<Supplier<Configuration>> loads =
        new ArrayDeque<>(
            List.of(
                () -> good,
                () -> {
                  throw new IllegalStateException("expected by this test");
                },
                () -> {
                  throw new OutOfMemoryError("expected by this test");
                }));
    try (var configuration = new ReloadingConfiguration(folder, () -> loads.remove().get())) {
      for (String edit : List.of("# one\n", "# number two\n")) {
        write("routing.yaml", edit);
        settle(configuration);

        assertThat(configuration.problem()).get().asString().contains("expected by this test");
        assertThat(configuration.current()).isSameAs(good);
      }
      assertThat(configuration.refusedReloads()).isEqualTo(2);
    }
  }

  @Test
  void edit_fileVanished_keepsTheLastGood() throws IOException {
    try (ReloadingConfiguration configuration = configuration()) {
      Files.delete(folder.resolve("models.yaml"));
      settle(configuration);

      assertThat(configuration.problem()).get().asString().contains("models.yaml: no such file");
      assertThat(configuration.current().models().models()).containsKey("coder");
    }
  }

  @Test
  void edit_httpAndMemory_memoryAtOnceHttpAfterRestart() throws IOException {
    try (ReloadingConfiguration configuration = configuration()) {
      write(
          "server.yaml",
          "banks: [{name: default, path: m}]\nhttp: {port: 9}\nmemory: {budget-tokens: 7}\n");
      settle(configuration);

      assertThat(configuration.current().server().http().port()).isEqualTo(8000);
      assertThat(configuration.current().server().memory().budgetTokens()).isEqualTo(7);
      assertThat(configuration.notice())
          .contains(
              "server.yaml: changes of http need a restart; the old values stay in force until"
                  + " then");

      write("server.yaml", "banks: [{name: default, path: m}]\n");
      settle(configuration);
      assertThat(configuration.notice()).isEmpty();
    }
  }

  @Test
  void edit_listenerFails_othersAreTold() throws IOException {
    try (ReloadingConfiguration configuration = configuration()) {
      List<String> told = new ArrayList<>();
      configuration.onChange(_ -> {
        throw new IllegalStateException("expected by this test");
      });
      configuration.onChange(c -> told.add(c.routing().defaultModel()));
      write("routing.yaml", "default: fast\n");
      settle(configuration);

      assertThat(told).containsExactly("fast");
    }
  }
}
