package dev.memoryrouter.cli;

import picocli.CommandLine.Command;

/// `eval …`.
@Command(name = "eval", description = "Measures on labelled data how often the router is right.")
final class EvalCommand extends CommandGroup {}
