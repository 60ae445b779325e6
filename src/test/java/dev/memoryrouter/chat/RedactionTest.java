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
          DB_PASS=hunter22                     | DB_PASS=[redacted]
          jdbc:x;uid=jo;pwd=hunter22;a=b       | jdbc:x;uid=jo;pwd=[redacted];a=b
          key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEx | key [redacted]
          PASSWORD1=hunter22                   | PASSWORD1=[redacted]
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
        "All tests pass, compass and bypass is fine, src/main/java/dev/Memory2/ChatPlanner/RouteFinder",
        "@Override is missing at line 12"
      })
  void of_words_stay(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,0011

        MIIE
        -----END RSA PRIVATE KEY-----\
        """,
        """
        -----BEGIN PGP PRIVATE KEY BLOCK-----
        Version: made-up 1-2

        lQOY
        =abcd
        -----END PGP PRIVATE KEY BLOCK-----\
        """
      })
  void of_keyWithHeaders_isTakenOutWhole(String key) {
    assertThat(Redaction.of("a\n" + key + "\nb")).isEqualTo("a\n[redacted]\nb");
    assertThat(Redaction.of("a\n" + key.substring(0, 80))).isEqualTo("a\n[redacted]");
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
        new String[] {
          "a",
          "token",
          "x@",
          "://",
          "eyJ",
          "password is ",
          "-----BEGIN ",
          "-----BEGIN PRIVATE KEY-----",
          "aB1/"
        }) {
      assertThat(Redaction.of(piece.repeat(5_000 / piece.length()))).isNotNull();
    }
  }
}
