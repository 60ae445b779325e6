package dev.memoryrouter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexLockTest {
  @TempDir Path folder;

  @Test
  void tryAcquire_held_isEmptyUntilClosed() throws IOException {
    Path stores = folder.resolve("vector-stores");
    try (IndexLock _ = IndexLock.tryAcquire(stores).orElseThrow()) {
      assertThat(IndexLock.tryAcquire(stores)).isEmpty();
    }
    try (IndexLock again = IndexLock.tryAcquire(stores).orElseThrow()) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void serverAddress_livingProcess_isRead() throws IOException {
    ServerAddress address =
        new ServerAddress(ProcessHandle.current().pid(), "http://127.0.0.1:8000");
    address.write(folder);
    assertThat(ServerAddress.read(folder)).contains(address);
    address.remove(folder);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void serverAddress_deadProcessOrDamage_isEmpty() throws IOException {
    assertThat(ServerAddress.read(folder)).isEqualTo(Optional.empty());
    new ServerAddress(Integer.MAX_VALUE, "http://127.0.0.1:8000").write(folder);
    assertThat(ServerAddress.read(folder)).isEmpty();
    for (String damaged : new String[] {"", "{", "[]", "null", "{\"pid\":1}"}) {
      Files.writeString(folder.resolve("server.json"), damaged);
      assertThat(ServerAddress.read(folder)).as(damaged).isEmpty();
    }
  }
}
