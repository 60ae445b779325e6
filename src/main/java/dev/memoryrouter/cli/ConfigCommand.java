package dev.memoryrouter.cli;

import picocli.CommandLine.Command;

/// `config …`.
@Command(name = "config", description = "Works on the configuration files.")
final class ConfigCommand extends CommandGroup {}
