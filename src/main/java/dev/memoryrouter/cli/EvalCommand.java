package dev.memoryrouter.cli;

import picocli.CommandLine.Command;

/// `eval …`.
@Command(name = "eval", description = "Measures accuracy on labelled data.")
final class EvalCommand extends CommandGroup {}
