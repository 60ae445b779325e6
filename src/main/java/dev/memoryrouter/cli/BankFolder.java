package dev.memoryrouter.cli;

import dev.memoryrouter.memory.Bank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the bank that a path means: the one of a project, or the folder itself.
final class BankFolder {
  /// Where agents keep a bank within a project.
  private static final List<String> FOLDERS =
      List.of("memory-bank", "cline_docs", ".kilocode/rules/memory-bank");

  private BankFolder() {}

  /// @param name of the bank; null for the project's name
  /// @throws CommandFailure when there is no bank
  static Bank find(Path path, @Nullable String name) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new CommandFailure("There is no folder " + path + ".");
    }
    for (String folder : FOLDERS) {
      if (Files.isDirectory(path.resolve(folder))) {
        return bank(path.resolve(folder), path, name);
      }
    }
    Path project = project(path);
    if (project != null) {
      return bank(path, project, name);
    }
    if (!holdsNotes(path)) {
      throw new CommandFailure(
          path + " has no memory-bank folder and no .md files: make the notes first.");
    }
    return bank(path, null, name);
  }

  /// The project whose bank this folder is; null when its name does not tell.
  private static @Nullable Path project(Path path) {
    for (String folder : FOLDERS) {
      if (path.endsWith(folder)) {
        Path project = path;
        for (int i = 0; i < Path.of(folder).getNameCount() && project != null; i++) {
          project = project.getParent();
        }
        return project;
      }
    }
    return null;
  }

  private static boolean holdsNotes(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.anyMatch(file -> file.toString().endsWith(".md"));
    }
  }

  private static Bank bank(Path root, @Nullable Path project, @Nullable String name) {
    String text = name != null ? name : nameOf(project != null ? project : root);
    return new Bank(text, root, project == null ? null : project.toString());
  }

  /// The folder's name in the letters that a bank's name may have.
  private static String nameOf(Path folder) {
    Path last = folder.getFileName();
    String name =
        last == null
            ? ""
            : last.toString().replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[._-]+", "");
    return name.isEmpty() ? "project" : name;
  }
}
