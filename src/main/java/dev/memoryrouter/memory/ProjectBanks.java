package dev.memoryrouter.memory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the banks of projects that lie side by side: each `<root>/<project>/memory-bank`.
final class ProjectBanks {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectBanks.class);

  private static final String FOLDER = "memory-bank";

  /// Parts of model names by which Cline changes its behaviour; a bank's name becomes part of one.
  private static final List<String> RESERVED = List.of("o1", "o3", "o4", "gpt-5", "deepseek");

  private ProjectBanks() {}

  /// Banks below the roots by path, named after their projects; a name that is taken gets a number.
  ///
  /// @param taken banks that are configured; their folders are not found a second time
  static List<Bank> below(List<Path> roots, Collection<Bank> taken) {
    Set<String> names = new HashSet<>();
    Set<Path> folders = new HashSet<>();
    for (Bank bank : taken) {
      names.add(Banks.key(bank.name()));
      folders.add(absolute(bank.root()));
    }
    List<Bank> found = new ArrayList<>();
    for (Path root : roots) {
      for (Path project : projects(root)) {
        if (folders.add(project.resolve(FOLDER))) {
          String name = unused(name(project), names);
          found.add(new Bank(name, project.resolve(FOLDER), project.toString()));
        }
      }
    }
    return found;
  }

  private static List<Path> projects(Path root) {
    List<Path> projects = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute(root))) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry.resolve(FOLDER))) {
          projects.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      LOG.warn("bank-roots: cannot list {}: {}", root, ReadFailure.reason(e.getCause()));
    } catch (IOException e) {
      LOG.warn("bank-roots: cannot list {}: {}", root, ReadFailure.reason(e));
    }
    projects.sort(null);
    return projects;
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /// The project's name in the letters that a bank's name may have.
  private static String name(Path project) {
    Path last = project.getFileName();
    String name = last == null ? "project" : last.toString().replaceAll("[^A-Za-z0-9._-]", "-");
    for (String reserved : RESERVED) {
      int at = Banks.key(name).indexOf(reserved);
      while (at >= 0) {
        name = name.substring(0, at + 1) + "_" + name.substring(at + 1);
        at = Banks.key(name).indexOf(reserved);
      }
    }
    return name;
  }

  private static String unused(String name, Set<String> names) {
    String unused = name;
    for (int number = 2; !names.add(Banks.key(unused)); number++) {
      unused = name + "-" + number;
    }
    return unused;
  }
}
