package dev.memoryrouter.cli;

import picocli.CommandLine.Command;

/// `bank …`.
@Command(name = "bank", description = "Adds and lists memory banks.")
final class BankCommand extends CommandGroup {}
