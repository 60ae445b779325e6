package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTest {
  private static ModelNames names() {
    Map<String, List<String>> models = new LinkedHashMap<>();
    models.put("coder", List.of("coder:32b", "org/coder"));
    models.put("fast", List.of("fast"));
    return new ModelNames(List.of("router", "router-2"), List.of("default", "app"), models);
  }

  @Test
  void published_aliasesFirst_eachOnce() {
    assertThat(names().published())
        .containsExactly(
            "router",
            "router-2",
            "router/default",
            "router/app",
            "router-2/default",
            "router-2/app",
            "coder",
            "fast",
            "coder:32b",
            "org/coder");
  }

  @ParameterizedTest
  @CsvSource({"router,", "router/app,app", "router%2Fapp,app", "router%2fapp,app"})
  void resolve_alias_withAndWithoutBank(String name, String bank) {
    assertThat(names().resolve(name)).isEqualTo(new Requested.Alias("router", bank));
  }

  @ParameterizedTest
  @CsvSource({"coder", "coder:32b", "coder%3A32b", "org/coder", "org%2Fcoder", "' coder '"})
  void resolve_modelNames_areExplicit(String name) {
    assertThat(names().resolve(name)).isEqualTo(new Requested.Explicit("coder"));
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o", "router/none", "''", "Router"})
  void resolve_unknown_listsTheNames(String name) {
    assertThat(names().resolve(name)).isEqualTo(new Requested.Unknown(names().published()));
  }
}
