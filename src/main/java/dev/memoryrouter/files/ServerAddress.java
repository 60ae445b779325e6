package dev.memoryrouter.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the server that writes an index can be reached; kept in `server.json` beside the lock, for
/// commands that need it to write for them.
///
/// @param pid process of the server
/// @param baseUrl such as `http://127.0.0.1:8000`
public record ServerAddress(long pid, String baseUrl) {
  private static final String NAME = "server.json";

  /// The address that a living process wrote; empty if there is none, or the file is damaged.
  public static Optional<ServerAddress> read(Path folder) throws IOException {
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(folder.resolve(NAME)));
      ServerAddress address =
          new ServerAddress(json.path("pid").asLong(-1), json.path("baseUrl").asString(""));
      return address.isAlive() && !address.baseUrl.isEmpty()
          ? Optional.of(address)
          : Optional.empty();
    } catch (NoSuchFileException | JacksonException _) {
      return Optional.empty();
    }
  }

  private boolean isAlive() {
    return pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /// Writes the file in one step: a reader sees the old or the new one.
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path temporary = folder.resolve(NAME + "." + pid + ".tmp");
    String json =
        JsonMapper.shared().createObjectNode().put("pid", pid).put("baseUrl", baseUrl).toString();
    try {
      Files.writeString(temporary, json);
      Files.move(
          temporary,
          folder.resolve(NAME),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /// Removes the file if it is this server's.
  public void remove(Path folder) throws IOException {
    if (read(folder).equals(Optional.of(this))) {
      Files.deleteIfExists(folder.resolve(NAME));
    }
  }
}
