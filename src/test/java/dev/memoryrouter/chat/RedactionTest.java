package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          use sk-proj-abcdefghijkl123 now      | use [redacted] now
          ghp_abcdefghijklmnop is mine         | [redacted] is mine
          AKIAABCDEFGHIJKLMNOP                 | [redacted]
          the password is hunter22, really     | the password is [redacted], really
          DB_PASSWORD=hunter22                 | DB_PASSWORD=[redacted]
          "apiKey": "abc"                      | "apiKey": "[redacted]"
          Authorization: Bearer abcdefgh.123   | Authorization: Bearer [redacted]
          postgres://joe:s3cret@db.local/app   | postgres://joe:[redacted]@db.local/app
          write to jo.e+x@mail.example.org     | write to [redacted]
          eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln   | [redacted]
          d41d8cd98f00b204e9800998ecf8427e     | [redacted]
          """)
  void of_secret_isTakenOut(String text, String expected) {
    assertThat(Redaction.of(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Count the tokens of each message in PromptCounter.count(request, tokenizer)",
        "What does a secretary do with keys and passwords?",
        "See https://example.org/a?b=c and src/main/java/dev/memoryrouter/chat/RouteFinder.java",
        "@Override is missing at line 12"
      })
  void of_words_stay(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }

  @Test
  void of_privateKey_isTakenOutWhole() {
    assertThat(
            Redaction.of(
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nb"))
        .isEqualTo("a\n[redacted]\nb");
  }

  @Test
  @Timeout(20)
  void of_hostileText_linear() {
    for (String piece :
        new String[] {"a", "token", "x@", "://", "eyJ", "password is ", "-----BEGIN "}) {
      assertThat(Redaction.of(piece.repeat(5_000 / piece.length()))).isNotNull();
    }
  }
}
