package dev.memoryrouter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileRoleTest {
  @ParameterizedTest
  @CsvSource({
    "projectbrief.md, PURPOSE",
    "productContext.md, PURPOSE",
    "product.md, PURPOSE",
    "activeContext.md, STATE",
    "active-context.md, STATE",
    "context.md, STATE",
    "progress-2025.md, STATE",
    "features/search/progress.md, STATE",
    "techContext.md, OTHER",
    "systemPatterns.md, OTHER",
    "productionContext.md, OTHER",
    "progress/decisions.md, OTHER",
    ".md, OTHER"
  })
  void of_fileName_tellsTheRole(String path, FileRole role) {
    assertThat(FileRole.of(path)).isEqualTo(role);
  }
}
