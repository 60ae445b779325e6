package dev.memoryrouter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnglishTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Why does the export of the report fail? | true",
        "NullPointerException at Depot.java:31 | true",
        "What does 'nicht gefunden' mean in the log of this run? | true",
        "Warum ist der Export nicht fertig? | false",
        "Pourquoi est-ce que le rapport ne part pas ? | false",
        "Por qué no se envía el informe con los datos? | false",
        "O relatório está vazio e não sei por que | false",
        "请修复 export() 的错误 | false",
        "Исправь ошибку в parser.py | false",
        "42 | true"
      })
  void is_text_toldByScriptAndSmallWords(String text, boolean english) {
    assertThat(EnglishText.is(text)).isEqualTo(english);
  }
}
