package dev.memoryrouter.store.lucene;

import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.jspecify.annotations.Nullable;

/// Chunks and sections as Lucene documents. Line numbers are doc values, because these can be
/// updated without writing a document, and its vector, anew.
final class Documents {
  static final String CHUNK_KIND = "chunk";
  static final String SECTION_KIND = "section";
  private static final int LONGEST_KEY = 1_000; // Lucene's limit is 32,766 bytes

  private Documents() {}

  static Document chunk(Embedded embedded) {
    ChunkRecord chunk = embedded.chunk();
    Document document = new Document();
    document.add(new StringField(Fields.KIND, CHUNK_KIND, Field.Store.NO));
    document.add(new StringField(Fields.CHUNK, key(chunk.id()), Field.Store.NO));
    document.add(new StringField(Fields.OWNER, key(chunk.sectionId()), Field.Store.NO));
    document.add(new StoredField(Fields.ID, chunk.id()));
    document.add(new StoredField(Fields.SECTION_ID, chunk.sectionId()));
    document.add(new StoredField(Fields.HASH, chunk.sectionHash()));
    addPlace(document, chunk.file(), chunk.heading(), chunk.headingPath());
    document.add(new StoredField(Fields.TEXT, chunk.text()));
    for (Fields.Searched field : Fields.SEARCHED) {
      document.add(new TextField(field.name(), searched(chunk, field.name()), Field.Store.NO));
    }
    float[] vector = embedded.vector();
    if (vector != null) {
      document.add(
          new KnnFloatVectorField(Fields.VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    }
    for (Field line : lines(chunk)) {
      document.add(line);
    }
    return document;
  }

  /// The text of a chunk that a searched field holds.
  static String searched(ChunkRecord chunk, String field) {
    return switch (field) {
      case Fields.FILE_WORDS -> withoutExtension(chunk.file());
      case Fields.HEADING_WORDS -> String.join("\n", chunk.headingPath());
      case Fields.TEXT_WORDS -> chunk.text();
      default -> throw new IllegalArgumentException("no searched field: " + field);
    };
  }

  static Document section(SectionRecord section) {
    Document document = new Document();
    document.add(new StringField(Fields.KIND, SECTION_KIND, Field.Store.NO));
    document.add(new StringField(Fields.SECTION, key(section.id()), Field.Store.NO));
    document.add(new StringField(Fields.OWNER, key(section.id()), Field.Store.NO));
    document.add(new StoredField(Fields.ID, section.id()));
    document.add(new StoredField(Fields.HASH, section.hash()));
    addPlace(document, section.file(), section.heading(), section.headingPath());
    document.add(new StoredField(Fields.FIRST_LINE, section.startLine()));
    document.add(new StoredField(Fields.LAST_LINE, section.endLine()));
    document.add(new StoredField(Fields.CHUNKS, section.chunks()));
    document.add(new StoredField(Fields.EMBEDDED, section.embedded() ? 1 : 0));
    document.add(new StoredField(Fields.TEXT, section.text()));
    return document;
  }

  private static void addPlace(
      Document document, String file, @Nullable String heading, List<String> path) {
    document.add(new StoredField(Fields.FILE, file));
    if (heading != null) {
      document.add(new StoredField(Fields.HEADING, heading));
    }
    for (String part : path) {
      document.add(new StoredField(Fields.HEADINGS, part));
    }
  }

  private static String withoutExtension(String file) {
    int dot = file.lastIndexOf('.');
    return dot > file.lastIndexOf('/') ? file.substring(0, dot) : file;
  }

  /// The updatable part of a chunk.
  static Field[] lines(ChunkRecord chunk) {
    return new Field[] {
      new NumericDocValuesField(Fields.START, chunk.startLine()),
      new NumericDocValuesField(Fields.END, chunk.endLine()),
      new NumericDocValuesField(Fields.SECTION_START, chunk.sectionStart()),
      new NumericDocValuesField(Fields.SECTION_END, chunk.sectionEnd())
    };
  }

  /// A chunk as it is stored; its lines are kept elsewhere and are 0 here.
  static ChunkRecord chunk(Document document) {
    return new ChunkRecord(
        document.get(Fields.ID),
        document.get(Fields.SECTION_ID),
        document.get(Fields.HASH),
        document.get(Fields.FILE),
        document.get(Fields.HEADING),
        List.of(document.getValues(Fields.HEADINGS)),
        0,
        0,
        0,
        0,
        document.get(Fields.TEXT));
  }

  /// The chunk with the lines of a document.
  static ChunkRecord withLines(ChunkRecord chunk, LeafReader reader, int doc) throws IOException {
    return new ChunkRecord(
        chunk.id(),
        chunk.sectionId(),
        chunk.sectionHash(),
        chunk.file(),
        chunk.heading(),
        chunk.headingPath(),
        line(reader, Fields.SECTION_START, doc),
        line(reader, Fields.SECTION_END, doc),
        line(reader, Fields.START, doc),
        line(reader, Fields.END, doc),
        chunk.text());
  }

  private static int line(LeafReader reader, String field, int doc) throws IOException {
    NumericDocValues values = reader.getNumericDocValues(field);
    return values != null && values.advanceExact(doc) ? (int) values.longValue() : 0;
  }

  static SectionRecord section(Document document) {
    return new SectionRecord(
        document.get(Fields.ID),
        document.get(Fields.HASH),
        document.get(Fields.FILE),
        document.get(Fields.HEADING),
        List.of(document.getValues(Fields.HEADINGS)),
        number(document, Fields.FIRST_LINE),
        number(document, Fields.LAST_LINE),
        number(document, Fields.CHUNKS),
        number(document, Fields.EMBEDDED) == 1,
        document.get(Fields.TEXT));
  }

  static int number(Document document, String field) {
    return document.getField(field).numericValue().intValue();
  }

  static Term owner(String sectionId) {
    return new Term(Fields.OWNER, key(sectionId));
  }

  static Term section(String sectionId) {
    return new Term(Fields.SECTION, key(sectionId));
  }

  static Term chunk(String chunkId) {
    return new Term(Fields.CHUNK, key(chunkId));
  }

  /// An id as an indexed term; ids with endless headings are replaced by their digest.
  static String key(String id) {
    if (id.length() <= LONGEST_KEY) {
      return id;
    }
    try {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      return "sha-256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
