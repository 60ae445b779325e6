package dev.memoryrouter.store.lucene;

import java.util.List;

/// Names of the fields in an index. Each name is either stored, indexed or a doc value, never two
/// of them, and means the same in chunks and sections.
final class Fields {
  /// Stored in chunks and sections.
  static final String ID = "id";

  static final String SECTION_ID = "section-id";
  static final String HASH = "hash";
  static final String FILE = "file";
  static final String HEADING = "heading";
  static final String HEADINGS = "headings";
  static final String TEXT = "text";

  /// Stored in sections.
  static final String CHUNKS = "chunks";

  static final String EMBEDDED = "embedded"; // 1 or 0

  static final String FIRST_LINE = "first-line";
  static final String LAST_LINE = "last-line";

  /// Doc values of chunks.
  static final String START = "start-line";

  static final String END = "end-line";
  static final String SECTION_START = "section-start";
  static final String SECTION_END = "section-end";

  /// Keys.
  static final String KIND = "kind"; // chunk or section

  static final String CHUNK = "chunk"; // in chunks only
  static final String SECTION = "section"; // in sections only
  static final String OWNER = "owner"; // the section that a chunk or section belongs to

  /// Searched, in chunks only.
  static final String FILE_WORDS = "file-words";

  static final String HEADING_WORDS = "heading-words";
  static final String TEXT_WORDS = "text-words";
  static final String VECTOR = "vector";

  /// How often a word in the field counts. BM25F takes weights from 1 up; from 1 to 3 for headings
  /// the development banks show no difference worth naming.
  static final List<Searched> SEARCHED =
      List.of(
          new Searched(FILE_WORDS, 1), new Searched(HEADING_WORDS, 2), new Searched(TEXT_WORDS, 1));

  private Fields() {}

  record Searched(String name, float weight) {}
}
