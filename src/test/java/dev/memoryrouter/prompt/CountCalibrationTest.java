package dev.memoryrouter.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.prompt.CountCalibration.Counted;
import dev.memoryrouter.prompt.CountCalibration.Finding;
import org.junit.jupiter.api.Test;

class CountCalibrationTest {
  private static final CountCalibration.Key QWEN =
      new CountCalibration.Key("qwen3", "qwen3:30b", 0);

  private final CountCalibration calibration = new CountCalibration();

  @Test
  void offset_nothingKnown_isNone() {
    assertThat(calibration.offset(QWEN)).isZero();
  }

  @Test
  void offset_reportAboveOurCount_countsAtOnceAndForThisModelOnly() {
    assertThat(observe(1_000, 1_040)).isEqualTo(Finding.AS_COUNTED);

    assertThat(calibration.offset(QWEN)).isEqualTo(40);
    assertThat(calibration.offset(new CountCalibration.Key("qwen3", "qwen3:8b", 0))).isZero();
  }

  @Test
  void offset_reportsBelowOurCount_areBelievedAfterThreeAndTheLeastOfThem() {
    observe(1_000, 900);
    observe(2_000, 1_930);
    assertThat(calibration.offset(QWEN)).isZero();
    observe(3_000, 2_900);
    assertThat(calibration.offset(QWEN)).isEqualTo(-70);
  }

  @Test
  void offset_oldErrors_areForgotten() {
    observe(1_000, 1_400);
    for (int i = 0; i < 16; i++) {
      observe(1_000, 1_010);
    }
    assertThat(calibration.offset(QWEN)).isEqualTo(10);
  }

  @Test
  void offset_isBounded() {
    observe(1_000, 90_000);
    assertThat(calibration.offset(QWEN)).isEqualTo(4_096);
  }

  @Test
  void observe_thirdOfAnUnknownModelsPrompt_isACutPromptAndTeachesNothing() {
    assertThat(observe(60_000, 20_000)).isEqualTo(Finding.TRUNCATED);
    assertThat(calibration.offset(QWEN)).isZero();
  }

  @Test
  void observe_otherTokenizer_isNoAlarm() {
    assertThat(observe(10_000, 8_000)).isEqualTo(Finding.AS_COUNTED);
  }

  @Test
  void observe_afterLearning_takesTheLearntErrorAndFindsWhatIsBeyond() {
    for (int tokens = 10_000; tokens < 13_000; tokens += 1_000) {
      observe(tokens, tokens - 150);
    }
    assertThat(observe(40_000, 39_850)).isEqualTo(Finding.AS_COUNTED);
    assertThat(observe(40_000, 35_000)).isEqualTo(Finding.TRUNCATED);
  }

  @Test
  void observe_afterLearningAShare_expectsTheSameShare() {
    for (int tokens = 10_000; tokens < 13_000; tokens += 1_000) {
      observe(tokens, tokens * 9 / 10);
    }
    assertThat(observe(60_000, 54_000)).isEqualTo(Finding.AS_COUNTED);
    assertThat(observe(60_000, 40_000)).isEqualTo(Finding.TRUNCATED);
  }

  @Test
  void observe_fewTokensOfALongPrompt_isAnotherWayToCount() {
    assertThat(observe(60_000, 1_000)).isEqualTo(Finding.AS_COUNTED);
    assertThat(calibration.offset(QWEN)).isZero();
  }

  @Test
  void observe_shortPrompt_isNeverAnAlarm() {
    assertThat(observe(300, 20)).isEqualTo(Finding.AS_COUNTED);
  }

  private Finding observe(int counted, int reported) {
    return calibration.observe(QWEN, new Counted(counted, counted), reported);
  }
}
