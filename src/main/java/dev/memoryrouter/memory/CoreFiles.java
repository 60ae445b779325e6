package dev.memoryrouter.memory;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Which files at the root of a bank are its core, and in what order they are read. The variants of
/// the convention differ in their core; which one a bank follows is seen from its files.
///
/// @param order lower-case names without extension
/// @param present names that all must be there for this variant
/// @param absent names of which none may be there
record CoreFiles(List<String> order, Set<String> present, Set<String> absent) {
  private static final String EXTENSION = ".md";

  /// Cline, also in a folder named `cline_docs`; every bank that is none of the others.
  private static final CoreFiles CLINE =
      new CoreFiles(
          List.of(
              "projectbrief",
              "productcontext",
              "systempatterns",
              "techcontext",
              "activecontext",
              "progress"),
          Set.of(),
          Set.of());

  private static final CoreFiles ROO =
      new CoreFiles(
          List.of(
              "projectbrief",
              "productcontext",
              "systempatterns",
              "decisionlog",
              "techcontext",
              "activecontext",
              "progress"),
          Set.of("decisionlog"),
          Set.of());

  private static final CoreFiles CURSOR =
      new CoreFiles(
          List.of(
              "tasks",
              "projectbrief",
              "productcontext",
              "systempatterns",
              "techcontext",
              "activecontext",
              "progress"),
          Set.of("tasks", "style-guide"),
          Set.of());

  private static final CoreFiles KILO =
      new CoreFiles(
          List.of("brief", "product", "context", "architecture", "tech", "tasks"),
          Set.of("brief", "context"),
          Set.of("projectbrief"));

  CoreFiles {
    order = List.copyOf(order);
    present = Set.copyOf(present);
    absent = Set.copyOf(absent);
  }

  /// The variant of a bank, from the paths of its files relative to its root.
  static CoreFiles of(List<String> paths) {
    Set<String> names = paths.stream().map(CoreFiles::name).collect(Collectors.toSet());
    return List.of(KILO, ROO, CURSOR).stream()
        .filter(variant -> variant.fits(names))
        .findFirst()
        .orElse(CLINE);
  }

  boolean contains(String path) {
    return order.contains(name(path));
  }

  /// Core files in their order, then the rest by path.
  Comparator<String> reading() {
    return Comparator.comparingInt(this::rank).thenComparing(Comparator.naturalOrder());
  }

  private boolean fits(Set<String> names) {
    return names.containsAll(present) && absent.stream().noneMatch(names::contains);
  }

  private int rank(String path) {
    int index = order.indexOf(name(path));
    return index < 0 ? order.size() : index;
  }

  /// Lower-case name of a markdown file at the root; a path below the root stays a path and so is
  /// never a name of the core.
  private static String name(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith(EXTENSION)
        ? lower.substring(0, lower.length() - EXTENSION.length())
        : lower;
  }
}
