package dev.memoryrouter.memory;

import java.util.Locale;
import java.util.Set;

/// What the memory bank convention keeps in a file, as far as the file's name tells.
public enum FileRole {
  /// What the project is for and who uses it: brief and product context.
  PURPOSE,
  /// What is being done, what is done and what comes next: active context and progress.
  STATE,
  /// All the rest: patterns, technology, tasks, files of the project's own.
  OTHER;

  private static final Set<String> PURPOSE_NAMES =
      Set.of("projectbrief", "brief", "productcontext", "product");

  /// The role of a file.
  ///
  /// @param path relative to the bank's root, with `/`
  public static FileRole of(String path) {
    String name = letters(path.substring(path.lastIndexOf('/') + 1));
    if (PURPOSE_NAMES.contains(name)) {
      return PURPOSE;
    }
    // `context` is Kilo Code's active context; some banks split one as in progress-2025.md.
    boolean state =
        name.equals("context") || name.startsWith("activecontext") || name.startsWith("progress");
    return state ? STATE : OTHER;
  }

  /// The letters of a file's name in lower case, without its extension.
  private static String letters(String fileName) {
    int dot = fileName.lastIndexOf('.');
    String stem = dot > 0 ? fileName.substring(0, dot) : fileName;
    return stem.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
  }
}
