package dev.memoryrouter.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The banks of projects that lie side by side, each `<root>/<project>/memory-bank`, as one look
/// found them.
///
/// @param roots what is below each root
record ProjectBanks(Map<Path, Listing> roots) {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectBanks.class);

  private static final String FOLDER = "memory-bank";

  /// Parts of model names by which Cline changes its behaviour; a bank's name becomes part of one.
  private static final List<String> RESERVED = List.of("o1", "o3", "o4", "gpt-5", "deepseek");

  private static final int LONGEST_NAME = 64;

  private static final int SUFFIX = 8;

  /// Looks below the roots. One that cannot be listed keeps what was last seen below it, and is
  /// logged when that begins.
  static ProjectBanks look(List<Path> roots, ProjectBanks before) {
    Map<Path, Listing> found = new LinkedHashMap<>();
    for (Path root : roots) {
      Listing last = before.roots.getOrDefault(root, Listing.NONE);
      Listing now = list(root, last.projects);
      if (now.problem != null && !now.problem.equals(last.problem)) {
        LOG.warn("bank-roots: cannot list {}: {}", root, now.problem);
      }
      found.put(root, now);
    }
    return new ProjectBanks(found);
  }

  private static Listing list(Path root, List<Path> last) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute(root))) {
      List<Path> projects = new ArrayList<>();
      for (Path entry : entries) {
        if (Files.isDirectory(entry.resolve(FOLDER))) {
          projects.add(entry);
        }
      }
      projects.sort(null);
      return new Listing(projects, null);
    } catch (DirectoryIteratorException e) {
      return new Listing(last, ReadFailure.reason(e.getCause()));
    } catch (IOException e) {
      return new Listing(last, ReadFailure.reason(e));
    }
  }

  /// Banks by root and path, named after their projects. All that would share a name get a suffix
  /// that comes from their paths, so that a new project never takes over another one's name.
  ///
  /// @param taken banks that are configured; their folders are not found a second time
  List<Bank> banks(Collection<Bank> taken) {
    Map<String, Integer> uses = new HashMap<>();
    Set<Path> folders = new HashSet<>();
    for (Bank bank : taken) {
      uses.put(Banks.key(bank.name()), 1);
      folders.add(absolute(bank.root()));
    }
    List<Path> projects =
        roots.values().stream()
            .flatMap(listing -> listing.projects.stream())
            .filter(project -> folders.add(project.resolve(FOLDER)))
            .toList();
    projects.forEach(project -> uses.merge(Banks.key(name(project)), 1, Integer::sum));
    return projects.stream().map(project -> bank(project, uses)).toList();
  }

  private static Bank bank(Path project, Map<String, Integer> uses) {
    String name = name(project);
    boolean shared = uses.getOrDefault(Banks.key(name), 0) > 1;
    return new Bank(
        shared ? distinct(name, project) : name, project.resolve(FOLDER), project.toString());
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /// The project's name by the rules for banks that are configured.
  private static String name(Path project) {
    String folder = Objects.toString(project.getFileName(), "");
    String legal = folder.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
    return shortened(withoutReserved(legal.isEmpty() ? "project" : legal), LONGEST_NAME);
  }

  private static String withoutReserved(String name) {
    String free = name;
    for (String reserved : RESERVED) {
      int at = Banks.key(free).indexOf(reserved);
      while (at >= 0) {
        free = free.substring(0, at + 1) + "_" + free.substring(at + 1);
        at = Banks.key(free).indexOf(reserved);
      }
    }
    return free;
  }

  private static String shortened(String name, int most) {
    return name.substring(0, Math.min(name.length(), most));
  }

  /// After `_`, as `-` could complete a reserved part.
  private static String distinct(String name, Path project) {
    byte[] path = project.toString().getBytes(StandardCharsets.UTF_8);
    String suffix = shortened(UUID.nameUUIDFromBytes(path).toString(), SUFFIX);
    return shortened(name, LONGEST_NAME - SUFFIX - 1) + "_" + suffix;
  }

  /// What is below a root.
  ///
  /// @param projects folders by path
  /// @param problem why the root could not be listed
  record Listing(List<Path> projects, @Nullable String problem) {
    private static final Listing NONE = new Listing(List.of(), null);

    Listing {
      projects = List.copyOf(projects);
    }
  }
}
