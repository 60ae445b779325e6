package dev.memoryrouter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  @TempDir Path folder;

  private Environment with(String dotEnv, Map<String, String> real) throws IOException {
    return Environment.of(real, Files.writeString(folder.resolve(".env"), dotEnv));
  }

  @Test
  void dotEnv_allForms_areRead() throws IOException {
    Environment environment =
        with(
            """
            # a comment
            A=plain
            export B = spaced   # remark
            C='single # no remark'
            D="double \\"quoted\\""
            E=http://localhost:1/#x
            F=
            G="a\\\\nb\\nc"
            """,
            Map.of());

    assertThat(environment.apply("A")).isEqualTo("plain");
    assertThat(environment.apply("B")).isEqualTo("spaced");
    assertThat(environment.apply("C")).isEqualTo("single # no remark");
    assertThat(environment.apply("D")).isEqualTo("double \"quoted\"");
    assertThat(environment.apply("E")).isEqualTo("http://localhost:1/#x");
    assertThat(environment.apply("F")).isNull();
    assertThat(environment.apply("G")).isEqualTo("a\\nb\nc");
    assertThat(environment.problems()).isEmpty();
  }

  @Test
  void real_standsOverDotEnv_unlessBlank() throws IOException {
    Environment environment = with("A=file\nB=file\n", Map.of("A", "real", "B", " "));

    assertThat(environment.apply("A")).isEqualTo("real");
    assertThat(environment.apply("B")).isEqualTo("file");
  }

  @Test
  void dotEnv_wrongLine_isToldAndSkipped() throws IOException {
    Environment environment = with("not a line\nA='open\nB=1\n", Map.of());

    assertThat(environment.problems()).extracting(ConfigProblem::line).containsExactly(1, 2);
    assertThat(environment.apply("B")).isEqualTo("1");
  }

  @Test
  void dotEnv_absent_isFine() {
    assertThat(Environment.of(Map.of("A", "1"), folder.resolve("none")).apply("A")).isEqualTo("1");
  }
}
