package dev.memoryrouter.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "127.0.0.1:8000",
        "127.1.2.3",
        "[::1]:8000",
        "[::1]",
        "app.localhost:1"
      })
  void isLocalHost_thisMachine_holds(String host) {
    assertThat(LocalNames.isLocalHost(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8000",
        "10.0.0.1",
        "0.0.0.0:8000",
        "",
        "evil.example:8000",
        "notlocalhost",
        "127.0.0.1:x@evil.example"
      })
  void isLocalHost_otherNames_doesNotHold(String host) {
    assertThat(LocalNames.isLocalHost(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:3000",
        "https://127.0.0.1",
        "vscode-webview://abc",
        "http://[::1]:5"
      })
  void isLocalOrigin_pagesAndProgramsOfThisMachine_holds(String origin) {
    assertThat(LocalNames.isLocalOrigin(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "file://",
        "http://127.0.0.1@evil.example",
        ""
      })
  void isLocalOrigin_foreignPages_doesNotHold(String origin) {
    assertThat(LocalNames.isLocalOrigin(origin)).isFalse();
  }
}
