package dev.memoryrouter.cli;

import dev.memoryrouter.health.ServerVersion;
import picocli.CommandLine.IVersionProvider;

/// The built version, for `--version`.
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"cline-memory-router " + new ServerVersion().text()};
  }
}
