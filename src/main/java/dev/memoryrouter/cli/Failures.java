package dev.memoryrouter.cli;

import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.retrieval.IndexingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Tells people what went wrong: a sentence, and a stack trace only for what nobody expected and
/// who asked for it.
final class Failures {
  private static final String DEBUG = "memory-router.debug";

  private Failures() {}

  /// A command line that was not understood.
  static int usage(ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(red(command, message(error)));
    String name = command.getCommandSpec().qualifiedName();
    err.println("`" + name + " --help` lists what is possible.");
    return ExitCode.FAILURE;
  }

  private static String message(ParameterException error) {
    if (!(error instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(error.getMessage());
    }
    String word = unmatched.getUnmatched().getFirst();
    CommandLine command = error.getCommandLine();
    if (word.startsWith("-")) {
      return "Unknown option \"" + word + "\"; " + NearestName.hint(word, options(command));
    }
    return command.getSubcommands().isEmpty()
        ? "\"" + word + "\" is one argument too many."
        : "Unknown command \""
            + word
            + "\"; "
            + NearestName.hint(word, command.getSubcommands().keySet());
  }

  private static List<String> options(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .map(CommandLine.Model.OptionSpec::longestName)
        .toList();
  }

  /// A command that failed.
  static int execution(Exception error, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (error instanceof ParameterException wrong) {
      return usage(wrong, new String[0]);
    }
    if (isExpected(error)) {
      err.println(red(command, sentence(error)));
      return ExitCode.FAILURE;
    }
    boolean debug = isDebug();
    err.println(
        red(
            command,
            "Unexpected failure: " + error + (debug ? "" : ". LOG_LEVEL=DEBUG shows where.")));
    if (debug) {
      error.printStackTrace(err);
    }
    return ExitCode.FAILURE;
  }

  private static boolean isExpected(Exception error) {
    return error instanceof CommandFailure
        || error instanceof ConfigException
        || error instanceof IndexingException
        || error instanceof EmbeddingException
        || error instanceof IOException
        || error instanceof UncheckedIOException;
  }

  /// Java's messages for files are only their names.
  static String sentence(Exception error) {
    return switch (error) {
      case UncheckedIOException unchecked when unchecked.getCause() != null ->
          sentence(unchecked.getCause());
      case NoSuchFileException missing -> "No such file: " + missing.getFile();
      case AccessDeniedException denied -> "No permission for " + denied.getFile();
      case IOException other when other.getMessage() == null -> other.toString();
      default -> String.valueOf(error.getMessage());
    };
  }

  private static boolean isDebug() {
    return System.getProperty(DEBUG) != null
        || LoggerFactory.getLogger(Failures.class).isDebugEnabled();
  }

  private static String red(CommandLine command, String text) {
    return Screen.of(command).styled(CommandLine.Help.Ansi.Style.fg_red, text);
  }
}
