package dev.memoryrouter.memory;

import dev.memoryrouter.memory.BankContents.MemoryFile;
import dev.memoryrouter.memory.BankContents.Skipped;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;

/// Reads all markdown files of a bank. Never throws for what is on disk: a file that cannot be read
/// is reported, and the rest is read.
public final class BankReader {
  /// Beyond this a file is no note but a dump; a limit keeps memory bounded.
  private static final int MOST_BYTES = 64 << 20;

  /// Reads of a file that changes meanwhile.
  private static final int ATTEMPTS = 5;

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

  private final Sectioner sectioner = new Sectioner();

  /// What the bank holds now. A missing root is an empty bank with one remark.
  public BankContents read(Bank bank) {
    return read(bank, (_, _) -> true);
  }

  /// What the bank's core files hold now; no other file is opened.
  public BankContents readCore(Bank bank) {
    return read(bank, CoreFiles::contains);
  }

  private BankContents read(Bank bank, BiPredicate<CoreFiles, String> wanted) {
    Path root = bank.root();
    if (!Files.isDirectory(root)) {
      String reason = Files.exists(root) ? "not a folder: " : "no such folder: ";
      return new BankContents(bank, List.of(), List.of(Skipped.root(reason + root)));
    }
    var tree = new MarkdownFiles(root);
    var found = new TreeMap<String, Path>();
    for (Path file : tree.find()) {
      found.put(tree.relative(file), file);
    }
    List<Skipped> skipped = new ArrayList<>(tree.skipped());
    CoreFiles core = CoreFiles.of(List.copyOf(found.keySet()));
    found.keySet().removeIf(path -> !wanted.test(core, path));
    return new BankContents(bank, readAll(core, found, skipped), skipped);
  }

  /// The markdown files there are, to be watched; empty if the root is missing.
  public List<Path> files(Bank bank) {
    return new MarkdownFiles(bank.root()).find();
  }

  private List<MemoryFile> readAll(CoreFiles core, Map<String, Path> found, List<Skipped> skipped) {
    List<MemoryFile> files = new ArrayList<>();
    var reading = Map.Entry.<String, Path>comparingByKey(core.reading());
    for (Map.Entry<String, Path> entry : found.entrySet().stream().sorted(reading).toList()) {
      String path = entry.getKey();
      try {
        Optional<String> text = text(entry.getValue());
        text.ifPresentOrElse(
            value -> files.add(file(path, core.contains(path), value)),
            () -> skipped.add(new Skipped(path, "binary, not text: it holds NUL bytes")));
      } catch (IOException e) {
        skipped.add(new Skipped(path, ReadFailure.reason(e)));
      }
    }
    return files;
  }

  private MemoryFile file(String path, boolean core, String text) {
    return new MemoryFile(path, core, sectioner.sections(path, text));
  }

  /// The text of a file, read when nobody wrote to it.
  private static Optional<String> text(Path file) throws IOException {
    BasicFileAttributes before = attributes(file);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      byte[] bytes = bytes(file);
      BasicFileAttributes after = attributes(file);
      if (bytes.length == after.size() && isSame(before, after)) {
        return MarkdownText.of(bytes);
      }
      LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
      before = attributes(file);
    }
    throw new IOException("is being written to");
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      // Opening a pipe would wait for its writer.
      throw new IOException("not a regular file");
    }
    return attributes;
  }

  private static boolean isSame(BasicFileAttributes before, BasicFileAttributes after) {
    return before.size() == after.size()
        && before.lastModifiedTime().equals(after.lastModifiedTime())
        && Objects.equals(before.fileKey(), after.fileKey());
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("larger than " + (MOST_BYTES >> 20) + " MB: split it");
      }
      return bytes;
    }
  }
}
