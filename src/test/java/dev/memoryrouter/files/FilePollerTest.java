package dev.memoryrouter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePollerTest {
  @TempDir Path folder;
  private final List<Set<Path>> told = new ArrayList<>();
  private Path file = Path.of("");

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(folder.resolve("a.yaml"), "1");
  }

  private FilePoller poller() {
    return new FilePoller(List.of(file), told::add);
  }

  private static void poll(FilePoller poller, int times) {
    for (int i = 0; i < times; i++) {
      poller.poll();
    }
  }

  @Test
  void poll_unchanged_tellsNothing() {
    try (FilePoller poller = poller()) {
      poll(poller, 3);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void poll_changed_tellsOnceAfterTwoEqualLooks() throws IOException {
    try (FilePoller poller = poller()) {
      Files.writeString(file, "22");
      poller.poll();
      assertThat(told).isEmpty();
      poll(poller, 3);
    }
    assertThat(told).containsExactly(Set.of(file));
  }

  @Test
  void poll_stillBeingWritten_waits() throws IOException {
    try (FilePoller poller = poller()) {
      for (int i = 2; i < 6; i++) {
        Files.writeString(file, "x".repeat(i));
        poller.poll();
      }
      assertThat(told).isEmpty();
      poller.poll();
    }
    assertThat(told).hasSize(1);
  }

  @Test
  void poll_replacedBySameSizeAndTime_tells() throws IOException {
    try (FilePoller poller = poller()) {
      Path other = Files.writeString(folder.resolve("b"), "2");
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      poll(poller, 2);
    }
    assertThat(told).hasSize(1);
  }

  @Test
  void poll_vanishedAndBack_tellsBoth() throws IOException {
    try (FilePoller poller = poller()) {
      Files.delete(file);
      poll(poller, 2);
      assertThat(told).hasSize(1);
      Files.writeString(file, "new");
      poll(poller, 2);
    }
    assertThat(told).hasSize(2);
  }

  @Test
  void poll_linkToChangedFile_tells() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (FilePoller poller = new FilePoller(List.of(link), told::add)) {
      Files.writeString(file, "22");
      poll(poller, 2);
    }
    assertThat(told).containsExactly(Set.of(link));
  }

  @Test
  void poll_listenerFails_goesOn() throws IOException {
    List<String> calls = new ArrayList<>();
    try (FilePoller poller =
        new FilePoller(
            List.of(file),
            _ -> {
              calls.add("called");
              throw new IllegalStateException("expected by this test");
            })) {
      Files.writeString(file, "22");
      poll(poller, 2);
      Files.writeString(file, "333");
      poll(poller, 2);
    }
    assertThat(calls).hasSize(2);
  }
}
