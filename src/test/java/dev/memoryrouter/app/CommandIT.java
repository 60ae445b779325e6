package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.IndexLock;
import dev.memoryrouter.files.ServerAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands while a server holds the index.
class CommandIT {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:9");
  private static final Map<String, String> KEYS = Map.of("ROUTER_API_KEYS", "one,two");

  @Test
  void reindexAndSearch_whileServerRuns_work(@TempDir Path root) throws Exception {
    try (TestServer server = TestServer.start(root, NOWHERE, KEYS)) {
      Files.writeString(
          root.resolve("memory-bank/added.md"), "# Depots\n\nParcels rest in twelve depots.\n");
      CommandRun reindex = CommandRun.of(root, KEYS, "reindex", "--json");
      assertThat(reindex.exitCode()).as(reindex.err()).isZero();
      assertThat(reindex.json().path("banks").path(0).path("files").asInt()).isEqualTo(3);
      assertThat(reindex.err()).contains(server.url());

      CommandRun search = CommandRun.of(root, KEYS, "search", "depots", "--json");
      assertThat(search.exitCode()).as(search.err()).isZero();
      assertThat(search.json().path("hits").path(0).path("file").asString()).isEqualTo("added.md");
    }
  }

  @Test
  void reindex_serverUnreachable_saysSo(@TempDir Path root) throws Exception {
    Path store = root.resolve("vector-stores");
    try (IndexLock _ = IndexLock.tryAcquire(store).orElseThrow()) {
      new ServerAddress(ProcessHandle.current().pid(), NOWHERE.toString()).write(store);
      CommandRun run = CommandRun.of(root, Map.of(), "reindex");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("cannot be reached");
    }
  }
}
