package dev.memoryrouter.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file to which changes of a map are appended, a line each with its checksum. What is not needed
/// any more leaves when the file has grown to twice what it must hold: it is then written anew and
/// replaced at once. Used by one thread at a time.
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final String HEAD = "memory-router state 1";
  private static final long LEAST_GARBAGE = 1 << 20;

  private final Path file;
  private long size;
  private long needed;
  private boolean sound;

  /// One change; the last one of a key holds.
  record Line(String key, String value) {
    String text() {
      String body = key + ' ' + value;
      return checksum(body) + ' ' + body + '\n';
    }

    static Optional<Line> of(String text) {
      int sum = text.indexOf(' ');
      int key = sum < 0 ? -1 : text.indexOf(' ', sum + 1);
      return key > 0 && checksum(text.substring(sum + 1)).equals(text.substring(0, sum))
          ? Optional.of(new Line(text.substring(sum + 1, key), text.substring(key + 1)))
          : Optional.empty();
    }

    private static String checksum(String body) {
      CRC32C crc = new CRC32C();
      crc.update(body.getBytes(UTF_8));
      return Long.toHexString(crc.getValue());
    }
  }

  Journal(Path file) {
    this.file = file;
  }

  Path path() {
    return file;
  }

  /// The sound lines, oldest first. A line that a kill cut off at the end is no damage.
  List<Line> read() {
    List<Line> lines = new ArrayList<>();
    try {
      String content = new String(Files.readAllBytes(file), UTF_8);
      size = content.length();
      List<String> texts = content.lines().toList();
      boolean known = !texts.isEmpty() && texts.getFirst().equals(HEAD);
      if (known) {
        texts.stream().skip(1).map(Line::of).flatMap(Optional::stream).forEach(lines::add);
      }
      boolean cut = known && !content.endsWith("\n") && lines.size() == texts.size() - 2;
      sound = known && lines.size() == texts.size() - 1;
      if (!sound && !cut) {
        LOG.warn(
            "{} is damaged: {} of its {} lines are used, the rest is forgotten",
            file,
            lines.size(),
            texts.size());
      }
    } catch (NoSuchFileException _) {
      // Nothing was ever kept.
    } catch (IOException e) {
      LOG.warn("{} cannot be read, starting without it: {}", file, e.toString());
    }
    return lines;
  }

  /// Adds changes.
  ///
  /// @param all everything that the file must hold, these changes included
  void append(List<Line> changes, Supplier<List<Line>> all) throws IOException {
    byte[] added = bytes(changes);
    if (!sound || size + added.length > 2 * needed + LEAST_GARBAGE) {
      rewrite(all.get());
      return;
    }
    sound = false;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      ByteBuffer buffer = ByteBuffer.wrap(added);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
    size += added.length;
    sound = true;
  }

  /// Writes the file anew.
  void rewrite(List<Line> lines) throws IOException {
    byte[] head = (HEAD + '\n').getBytes(UTF_8);
    byte[] body = bytes(lines);
    byte[] content = new byte[head.length + body.length];
    System.arraycopy(head, 0, content, 0, head.length);
    System.arraycopy(body, 0, content, head.length, body.length);
    AtomicFiles.write(file, content);
    size = content.length;
    needed = content.length;
    sound = true;
  }

  private static byte[] bytes(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()));
    return text.toString().getBytes(UTF_8);
  }
}
