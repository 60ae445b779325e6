package dev.memoryrouter.retrieval;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankContents;
import dev.memoryrouter.memory.BankContents.MemoryFile;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.memory.Chunk;
import dev.memoryrouter.memory.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A bank in memory: each line that starts with `# ` begins a section, each line below is a chunk.
final class Notes {
  static final Bank BANK = new Bank("app", Path.of("memory-bank"), null);

  private final Map<String, String> files = new LinkedHashMap<>();
  private final List<Skipped> skipped = new ArrayList<>();

  Notes put(String file, String text) {
    files.put(file, text);
    return this;
  }

  void remove(String file) {
    files.remove(file);
  }

  void skip(String file, String reason) {
    skipped.add(new Skipped(file, reason));
  }

  void skipNothing() {
    skipped.clear();
  }

  BankContents read(Bank bank) {
    List<MemoryFile> read = new ArrayList<>();
    files.forEach((file, text) ->
        read.add(new MemoryFile(file, file.equals("progress.md"), sections(file, text))));
    return new BankContents(bank, read, skipped);
  }

  private static List<Section> sections(String file, String text) {
    List<Section> sections = new ArrayList<>();
    List<String> lines = text.lines().toList();
    int start = 0;
    for (int end = 1; end <= lines.size(); end++) {
      if (end == lines.size() || lines.get(end).startsWith("# ")) {
        sections.add(section(file, lines.subList(start, end), start + 1));
        start = end;
      }
    }
    return sections;
  }

  private static Section section(String file, List<String> lines, int start) {
    String heading = lines.getFirst().substring(2);
    String text = String.join("\n", lines);
    return new Section(
        file + ":" + heading,
        file,
        heading,
        List.of(heading),
        start,
        start + lines.size() - 1,
        text,
        Integer.toHexString(text.hashCode()));
  }

  static List<Chunk> chunks(Section section) {
    List<String> lines = section.text().lines().skip(1).toList();
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      int line = section.startLine() + 1 + i;
      String line1 = lines.get(i);
      chunks.add(new Chunk(section, i, line, line, line1, section.heading() + "\n" + line1));
    }
    return chunks;
  }
}
