package dev.memoryrouter.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// A folder of notes and a person who changes them at random.
final class RandomBank {
  private static final List<String> WORDS =
      List.of(
          "token", "retry", "parcel", "queue", "index", "shard", "cache", "login", "price", "stock",
          "route", "meter", "alarm", "batch", "event", "table", "proxy", "cookie", "ledger",
          "backoff");

  private final Path root;
  private final Random random;
  private int made;

  RandomBank(Path root, Random random) {
    this.root = root;
    this.random = random;
  }

  /// One edit, renaming or deletion, or a new file.
  void change() throws IOException {
    List<Path> files = files();
    int what = files.size() < 4 ? 0 : random.nextInt(10);
    if (what == 0) {
      write(
          root.resolve(folder()).resolve("note" + made++ + ".md"), sections(1 + random.nextInt(4)));
      return;
    }
    Path file = files.get(random.nextInt(files.size()));
    List<String> sections = new ArrayList<>(List.of(Files.readString(file).split("(?=\n# )")));
    int at = random.nextInt(sections.size());
    switch (what) {
      case 1 -> Files.delete(file);
      case 2 -> Files.move(file, file.resolveSibling("moved" + made++ + ".md"));
      case 3 -> write(file, sections(1).getFirst() + Files.readString(file)); // all lines move
      case 4 -> replace(file, sections, at, sections.get(at).replaceFirst("# \\w+", "# " + word()));
      case 5 -> replace(file, sections, at, "");
      case 6 -> replace(file, sections, at, sections.get(at) + sections.get(at)); // a heading twice
      default -> replace(file, sections, at, sections.get(at) + "\n" + sentence() + "\n");
    }
  }

  private String folder() {
    return random.nextBoolean() ? "." : "sub" + random.nextInt(3);
  }

  private void replace(Path file, List<String> sections, int at, String text) throws IOException {
    sections.set(at, text);
    write(file, sections);
  }

  private static void write(Path file, List<String> sections) throws IOException {
    write(file, String.join("", sections));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private List<String> sections(int count) {
    List<String> sections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sections.add("\n# " + word() + " " + word() + "\n\n" + sentence() + "\n");
    }
    return sections;
  }

  String sentence() {
    StringBuilder sentence = new StringBuilder();
    for (int i = 3 + random.nextInt(30); i > 0; i--) {
      sentence.append(word()).append(i % 9 == 0 ? ".\n" : " ");
    }
    return sentence.toString();
  }

  String word() {
    return WORDS.get(random.nextInt(WORDS.size()))
        + (random.nextInt(4) == 0 ? random.nextInt(40) : "");
  }
}
