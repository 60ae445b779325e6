package dev.memoryrouter.store.qdrant;

import static io.qdrant.client.ValueFactory.list;
import static io.qdrant.client.ValueFactory.value;

import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.SectionState;
import io.qdrant.client.ValueFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Chunks and sections as payloads of points.
final class Payloads {
  private static final String CHUNK = "chunk";
  private static final String HASH = "hash";
  static final String FILE = "file";
  private static final String HEADING = "heading";
  static final String HEADINGS = "headings";
  private static final String SECTION_START = "section_start";
  private static final String SECTION_END = "section_end";
  private static final String START = "start";
  private static final String END = "end";
  private static final String CHUNKS = "chunks";
  private static final String EMBEDDED = "embedded";
  static final String TEXT = "text";

  /// What the state of a section needs.
  static final List<String> STATE = List.of(Keys.SECTION, FILE, HASH, START, END, CHUNKS, EMBEDDED);

  private Payloads() {}

  static Map<String, Value> of(ChunkRecord chunk) {
    Map<String, Value> payload = new HashMap<>();
    payload.put(Keys.KIND, value(Keys.CHUNK_KIND));
    payload.put(Keys.SECTION, value(chunk.sectionId()));
    payload.put(CHUNK, value(chunk.id()));
    payload.put(HASH, value(chunk.sectionHash()));
    putPlace(payload, chunk.file(), chunk.heading(), chunk.headingPath());
    payload.put(SECTION_START, value(chunk.sectionStart()));
    payload.put(SECTION_END, value(chunk.sectionEnd()));
    payload.put(START, value(chunk.startLine()));
    payload.put(END, value(chunk.endLine()));
    payload.put(TEXT, value(chunk.text()));
    return payload;
  }

  static Map<String, Value> of(SectionRecord section) {
    Map<String, Value> payload = new HashMap<>();
    payload.put(Keys.KIND, value(Keys.SECTION_KIND));
    payload.put(Keys.SECTION, value(section.id()));
    payload.put(HASH, value(section.hash()));
    putPlace(payload, section.file(), section.heading(), section.headingPath());
    payload.put(START, value(section.startLine()));
    payload.put(END, value(section.endLine()));
    payload.put(CHUNKS, value(section.chunks()));
    payload.put(EMBEDDED, value(section.embedded()));
    payload.put(TEXT, value(section.text()));
    return payload;
  }

  private static void putPlace(
      Map<String, Value> payload, String file, @Nullable String heading, List<String> path) {
    payload.put(FILE, value(file));
    if (heading != null) {
      payload.put(HEADING, value(heading));
    }
    payload.put(HEADINGS, list(path.stream().map(ValueFactory::value).toList()));
  }

  static ChunkRecord chunk(Map<String, Value> payload) {
    return new ChunkRecord(
        chunkId(payload),
        section(payload),
        text(payload, HASH),
        text(payload, FILE),
        heading(payload),
        headings(payload),
        number(payload, SECTION_START),
        number(payload, SECTION_END),
        number(payload, START),
        number(payload, END),
        text(payload, TEXT));
  }

  static SectionRecord sectionRecord(Map<String, Value> payload) {
    return new SectionRecord(
        section(payload),
        text(payload, HASH),
        text(payload, FILE),
        heading(payload),
        headings(payload),
        number(payload, START),
        number(payload, END),
        number(payload, CHUNKS),
        flag(payload),
        text(payload, TEXT));
  }

  static SectionState state(Map<String, Value> payload) {
    return new SectionState(
        text(payload, FILE),
        text(payload, HASH),
        number(payload, START),
        number(payload, END),
        number(payload, CHUNKS),
        flag(payload));
  }

  static String section(Map<String, Value> payload) {
    return text(payload, Keys.SECTION);
  }

  static String chunkId(Map<String, Value> payload) {
    return text(payload, CHUNK);
  }

  private static @Nullable String heading(Map<String, Value> payload) {
    Value heading = payload.get(HEADING);
    return heading == null ? null : heading.getStringValue();
  }

  private static List<String> headings(Map<String, Value> payload) {
    return get(payload, HEADINGS).getListValue().getValuesList().stream()
        .map(Value::getStringValue)
        .toList();
  }

  static String text(Map<String, Value> payload, String key) {
    return get(payload, key).getStringValue();
  }

  static int number(Map<String, Value> payload, String key) {
    return (int) get(payload, key).getIntegerValue();
  }

  private static boolean flag(Map<String, Value> payload) {
    return get(payload, EMBEDDED).getBoolValue();
  }

  private static Value get(Map<String, Value> payload, String key) {
    return payload.getOrDefault(key, Value.getDefaultInstance());
  }
}
