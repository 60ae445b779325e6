package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  @Test
  void accept_lineBeyondTheLimit_isRefused() throws IOException {
    var splitter = new LineSplitter(4);
    var lines = new ArrayList<String>();

    splitter.accept(bytes("abcd\nab"), lines::add);
    splitter.accept(bytes("cd"), lines::add);

    assertThatThrownBy(() -> splitter.accept(bytes("e"), lines::add))
        .isInstanceOf(LineSplitter.TooLong.class);
    assertThat(lines).containsExactly("abcd");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void accept_anySplitOfTheBytes_givesTheSameLines() throws IOException {
    byte[] bytes =
        "one\r\ntwo\n\nwörld \uD83D\uDE00\rfour\r\r\n\nlast".getBytes(StandardCharsets.UTF_8);
    List<String> expected = List.of("one", "two", "", "wörld \uD83D\uDE00", "four", "", "", "last");
    long seed = 7;
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      var lines = new ArrayList<String>();
      var splitter = new LineSplitter();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(5));
        splitter.accept(Arrays.copyOfRange(bytes, at, end), lines::add);
        at = end;
      }
      splitter.end(lines::add);
      assertThat(lines).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
