package dev.memoryrouter.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.ModelState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectiveLimitTest {
  @Test
  void of_smallestWinsAndIsNamed() {
    assertThat(EffectiveLimit.of(state(40_960, null, null), null, null))
        .isEqualTo(new EffectiveLimit(40_000, "context"));
    assertThat(EffectiveLimit.of(state(32_768, 20_480, null), null, null))
        .isEqualTo(new EffectiveLimit(20_480, "num-ctx"));
    assertThat(EffectiveLimit.of(state(16_384, 20_480, null), null, null))
        .isEqualTo(new EffectiveLimit(16_384, "supported"));
    assertThat(EffectiveLimit.of(state(16_384, 20_480, null), 8_000, null))
        .isEqualTo(new EffectiveLimit(8_000, "MAX_TOKEN_LIMIT"));
  }

  @Test
  void of_loadedBySomebodyElse_isNoLimit() {
    assertThat(EffectiveLimit.of(state(40_960, 20_480, 4_096), null, null).tokens())
        .isEqualTo(20_480);
  }

  @Test
  void of_learntAfterOurCall_isALimit() {
    assertThat(EffectiveLimit.of(state(40_960, 20_480, 4_096), null, 4_096))
        .isEqualTo(new EffectiveLimit(4_096, "allocated"));
  }

  @Test
  void of_upstreamThatAllocatesItself_countsWhatItHas() {
    assertThat(EffectiveLimit.of(state(40_960, null, 8_192), null, null))
        .isEqualTo(new EffectiveLimit(8_192, "allocated"));
  }

  private static ModelState state(
      @Nullable Integer supported, @Nullable Integer numCtx, @Nullable Integer allocated) {
    ModelSettings settings =
        new ModelSettings(
            "m",
            List.of("u"),
            List.of("n"),
            40_000,
            null,
            2_048,
            "qwen",
            null,
            ModelSettings.Think.OFF,
            null,
            ModelSettings.Turns.DEFAULT,
            Duration.ofMinutes(5),
            Map.of(),
            false,
            100);
    return new ModelState(
        settings,
        ModelState.Availability.AVAILABLE,
        "n",
        supported,
        numCtx,
        allocated,
        Set.of(),
        true,
        null);
  }
}
