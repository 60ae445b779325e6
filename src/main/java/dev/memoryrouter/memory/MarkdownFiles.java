package dev.memoryrouter.memory;

import dev.memoryrouter.memory.BankContents.Skipped;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Finds the markdown files of a tree. Real folders are walked first and links followed after, each
/// folder once, so that cycles end and a file keeps its path when a link to its folder is added.
/// Hidden folders below the root are left out, and so are the side files of editors and macOS.
final class MarkdownFiles {
  private final Path root;
  private final List<Path> files = new ArrayList<>();
  private final List<Skipped> skipped = new ArrayList<>();
  private final Deque<Path> folders = new ArrayDeque<>();
  private final Deque<Path> links = new ArrayDeque<>();
  private final Set<Path> visited = new HashSet<>();

  MarkdownFiles(Path root) {
    this.root = root;
  }

  /// Files that end in `.md` in any case, in no particular order.
  List<Path> find() {
    folders.add(root);
    while (!folders.isEmpty() || !links.isEmpty()) {
      if (folders.isEmpty()) {
        follow(links.remove());
      } else {
        enter(folders.remove());
      }
    }
    return files;
  }

  /// What could not be looked into.
  List<Skipped> skipped() {
    return skipped;
  }

  private void enter(Path folder) {
    try {
      if (!visited.add(folder.toRealPath())) {
        return;
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        List<Path> sorted = new ArrayList<>();
        entries.forEach(sorted::add);
        sorted.sort(null);
        sorted.forEach(this::sort);
      }
    } catch (DirectoryIteratorException e) {
      skip(folder, ReadFailure.reason(e.getCause()));
    } catch (IOException e) {
      skip(folder, ReadFailure.reason(e));
    }
  }

  private void sort(Path entry) {
    if (Files.isSymbolicLink(entry)) {
      links.add(entry);
    } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      addFolder(entry);
    } else {
      addFile(entry);
    }
  }

  private void follow(Path link) {
    if (Files.isDirectory(link)) {
      addFolder(link);
    } else {
      addFile(link);
    }
  }

  private void addFolder(Path folder) {
    if (!fileName(folder).startsWith(".")) {
      folders.add(folder);
    }
  }

  private void addFile(Path file) {
    String name = fileName(file);
    // `._x.md` holds macOS attributes and `.#x.md` is the lock of an open editor.
    boolean sideFile = name.startsWith("._") || name.startsWith(".#");
    if (name.toLowerCase(Locale.ROOT).endsWith(".md") && !sideFile) {
      files.add(file);
    }
  }

  private void skip(Path path, String reason) {
    skipped.add(new Skipped(relative(path), reason));
  }

  /// Path below the root with `/`; `.` for the root itself.
  String relative(Path path) {
    String relative = root.relativize(path).toString().replace(java.io.File.separatorChar, '/');
    return relative.isEmpty() ? "." : relative;
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
