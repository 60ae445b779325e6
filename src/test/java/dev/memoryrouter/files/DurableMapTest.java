package dev.memoryrouter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableMapTest {
  private static final DurableMap.Codec<String> TEXT =
      new DurableMap.Codec<>(text -> text, Optional::of);

  @TempDir private Path folder;

  @Test
  void put_overBound_leastRecentlyUsedGoes() {
    DurableMap<String> map = DurableMap.inMemory(10_000, TEXT);
    for (int i = 0; i < 100; i++) {
      map.put("k" + i, "v" + i);
      assertThat(map.get("k0")).contains("v0");
      assertThat(map.bytes()).isBetween(1L, 10_000L);
    }
    assertThat(map.size()).isBetween(20, 60);
    assertThat(map.get("k1")).isEmpty();
    assertThat(map.get("k99")).contains("v99");
  }

  @Test
  void put_valueLargerThanBound_isNotKeptAndForgetsTheOld() {
    DurableMap<String> map = DurableMap.inMemory(10_000, TEXT);
    map.put("k", "small");
    map.put("k", "x".repeat(20_000));

    assertThat(map.get("k")).isEmpty();
    assertThat(map.bytes()).isZero();
  }

  @Test
  void put_manyThreads_boundHolds() {
    DurableMap<String> map = DurableMap.inMemory(10_000, TEXT);
    IntStream.range(0, 2_000)
        .parallel()
        .forEach(i -> {
          map.put("k" + i % 97, "v".repeat(i % 50));
          map.get("k" + i % 13);
        });
    assertThat(map.bytes()).isBetween(1L, 10_000L);
    assertThat(map.size()).isPositive();
  }

  @Test
  void open_afterClose_knowsAll() {
    try (DurableMap<String> map = open()) {
      map.put("a", "1");
      map.put("b", "with blanks and ünïcode");
      map.put("a", "2");
    }
    try (DurableMap<String> map = open()) {
      assertThat(map.get("a")).contains("2");
      assertThat(map.get("b")).contains("with blanks and ünïcode");
      assertThat(map.size()).isEqualTo(2);
    }
  }

  @Test
  void open_afterClose_forgetsFirstWhatWasNotUsedForLongest() {
    try (DurableMap<String> map = open()) {
      for (int i = 0; i < 20; i++) {
        map.put("k" + i, "v" + i);
      }
      assertThat(map.get("k0")).isPresent();
    }
    try (DurableMap<String> map = DurableMap.open(file(), 3_000, TEXT)) {
      assertThat(map.get("k0")).contains("v0");
      assertThat(map.get("k1")).isEmpty();
    }
  }

  @Test
  void put_withoutClose_isWrittenSoon() throws IOException {
    DurableMap<String> killed = open();
    killed.put("a", "1");
    Awaitility.await().until(() -> Files.exists(file()));
    killed.put("b", "2");
    Awaitility.await().until(() -> Files.readString(file()).contains("b 2"));

    try (DurableMap<String> map = open()) {
      assertThat(map.get("a")).contains("1");
      assertThat(map.get("b")).contains("2");
    }
    killed.close();
  }

  /// A kill can come after any byte.
  @Test
  void open_fileCutAnywhere_knowsAPrefixOfTheChanges() throws IOException {
    try (DurableMap<String> map = open()) {
      for (int i = 0; i < 20; i++) {
        map.put("k" + i, "value " + i);
      }
    }
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      try (DurableMap<String> map = open()) {
        int known = map.size();
        assertThat(map.get("k" + (known - 1)).isPresent()).isEqualTo(known > 0);
        assertThat(map.get("k" + known)).isEmpty();
      }
    }
  }

  @Test
  void open_damagedBytes_neverThrowsNorInvents() throws IOException {
    try (DurableMap<String> map = open()) {
      for (int i = 0; i < 20; i++) {
        map.put("k" + i, "value " + i);
      }
    }
    byte[] whole = Files.readAllBytes(file());
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int n = 0; n < 1 + random.nextInt(5); n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file(), damaged);
      try (DurableMap<String> map = open()) {
        for (int i = 0; i < 20; i++) {
          assertThat(map.get("k" + i).orElse("value " + i))
              .as("seed %d", seed)
              .isEqualTo("value " + i);
        }
      }
    }
  }

  @Test
  void open_foreignFile_startsEmptyAndReplacesIt() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "something else\n");
    try (DurableMap<String> map = open()) {
      assertThat(map.size()).isZero();
      map.put("a", "1");
    }
    assertThat(Files.readString(file())).doesNotContain("something else").contains("a 1");
  }

  @Test
  void put_again_fileStaysBounded() throws IOException {
    try (DurableMap<String> map = open()) {
      for (int round = 0; round < 40; round++) {
        map.put("k", "v".repeat(100_000) + round);
        int written = round;
        Awaitility.await()
            .pollInterval(java.time.Duration.ofMillis(20))
            .until(() -> Files.exists(file()) && endsWith("v" + written + "\n"));
      }
    }
    assertThat(Files.size(file())).isLessThan(2_000_000);
  }

  @Test
  void put_folderCannotBeMade_goesOnInMemory() throws IOException {
    Files.writeString(folder.resolve("plain"), "a file, not a folder");
    try (DurableMap<String> map = DurableMap.open(folder.resolve("plain/state.log"), 9_000, TEXT)) {
      map.put("a", "1");
      assertThat(map.get("a")).contains("1");
    }
  }

  private boolean endsWith(String end) throws IOException {
    byte[] bytes = Files.readAllBytes(file());
    byte[] tail = end.getBytes(StandardCharsets.UTF_8);
    return bytes.length >= tail.length
        && Arrays.equals(Arrays.copyOfRange(bytes, bytes.length - tail.length, bytes.length), tail);
  }

  private DurableMap<String> open() {
    return DurableMap.open(file(), 1 << 20, TEXT);
  }

  private Path file() {
    return folder.resolve("state/test.log");
  }
}
