package dev.memoryrouter.health;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version that was built.
@Singleton
public final class ServerVersion {
  private final String text;

  /// Reads it from the jar.
  public ServerVersion() {
    Properties properties = new Properties();
    try (InputStream in = ServerVersion.class.getResourceAsStream("/memory-router.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    text = properties.getProperty("version", "unknown");
  }

  /// Such as `0.1.0`.
  public String text() {
    return text;
  }
}
