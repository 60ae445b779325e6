package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.cli.evaluation.LabelledQuery.Label;
import dev.memoryrouter.memory.Bank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A memory bank with labelled queries: a folder with `memory-bank/` and `queries.jsonl`.
///
/// @param name of the folder, for people
/// @param bank named by its number, as a folder may have any name
public record LabelledBank(String name, Bank bank, List<LabelledQuery> queries) {
  private static final String NOTES = "memory-bank";
  private static final String QUERIES = "queries.jsonl";

  public LabelledBank {
    queries = List.copyOf(queries);
  }

  /// The banks of a folder, by name: each folder in it that has queries, or the folder itself.
  ///
  /// @throws IOException with a sentence for users if there is none or one is not well formed
  public static List<LabelledBank> readAll(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve(QUERIES))) {
      return List.of(read(folder, 1));
    }
    List<LabelledBank> banks = new ArrayList<>();
    for (Path each : folders(folder)) {
      if (Files.isRegularFile(each.resolve(QUERIES))) {
        banks.add(read(each, banks.size() + 1));
      }
    }
    if (banks.isEmpty()) {
      throw new IOException(
          "%s has no labelled banks: name a folder of folders with %s/ and %s"
              .formatted(folder, NOTES, QUERIES));
    }
    return banks;
  }

  private static List<Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("No such folder: " + folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static LabelledBank read(Path folder, int number) throws IOException {
    Path notes = folder.resolve(NOTES);
    if (!Files.isDirectory(notes)) {
      throw new IOException(folder + " has " + QUERIES + " but no folder " + NOTES);
    }
    Path file = folder.resolve(QUERIES);
    List<String> lines = Files.readAllLines(file);
    List<LabelledQuery> queries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        queries.add(query(lines.get(i), file + ":" + (i + 1)));
      }
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    return new LabelledBank(name, new Bank("bank-" + number, notes, null), queries);
  }

  private static LabelledQuery query(String line, String where) throws IOException {
    JsonNode json = json(line, where);
    List<Label> labels = new ArrayList<>();
    for (JsonNode label : json.path("relevant")) {
      labels.add(label(label, where));
    }
    return new LabelledQuery(
        text(json, "id", where),
        text(json, "query", where),
        text(json, "kind", where),
        labels,
        optional(json, "answer"));
  }

  private static JsonNode json(String line, String where) throws IOException {
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new IOException(where + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Label label(JsonNode json, String where) throws IOException {
    Place place =
        new Place(
            text(json, "file", where),
            number(json, "line", where),
            number(json, "line_end", where));
    return new Label(place, number(json, "grade", where), optional(json, "evidence"));
  }

  private static String text(JsonNode json, String key, String where) throws IOException {
    JsonNode value = json.path(key);
    if (!value.isString() || value.asString().isBlank()) {
      throw new IOException(where + ": " + key + " must be a text that is not blank");
    }
    return value.asString();
  }

  private static int number(JsonNode json, String key, String where) throws IOException {
    JsonNode value = json.path(key);
    if (!value.isInt() || value.asInt() < 1) {
      throw new IOException(where + ": " + key + " must be a whole number from 1 up");
    }
    return value.asInt();
  }

  private static @Nullable String optional(JsonNode json, String key) {
    String value = json.path(key).asString("");
    return value.isBlank() ? null : value;
  }
}
