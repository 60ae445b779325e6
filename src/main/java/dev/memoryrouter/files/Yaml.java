package dev.memoryrouter.files;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/// Reads YAML into values that know their line. Nodes are composed but no objects are constructed;
/// lists and maps cannot be aliased, so that no small file unfolds into a large one.
public final class Yaml {
  private static final int MAX_DEPTH = 30;

  private Yaml() {}

  /// The map that a file holds; an empty file is an empty map.
  ///
  /// @throws ConfigException when the file cannot be read or is no YAML
  public static YamlMap read(Path file, Function<String, @Nullable String> environment) {
    String name = file.toString().replace('\\', '/');
    try {
      byte[] bytes = Files.readAllBytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(name, text, environment);
    } catch (NoSuchFileException e) {
      throw failure(name, 0, "no such file; the shipped one is in the folder config");
    } catch (CharacterCodingException e) {
      throw failure(name, 0, "is not UTF-8 text");
    } catch (IOException e) {
      throw failure(name, 0, "cannot be read: " + e);
    }
  }

  /// The map that a text holds.
  ///
  /// @param file its name in messages
  /// @throws ConfigException when it is no YAML
  public static YamlMap parse(
      String file, String text, Function<String, @Nullable String> environment) {
    YamlSource source = new YamlSource(file, environment);
    Node root = compose(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    if (root == null) {
      return YamlMap.empty(source);
    }
    if (root instanceof MappingNode mapping) {
      return YamlMap.of(source, "", mapping);
    }
    int line = root.getStartMark().getLine() + 1;
    if (YamlValue.of(source, "", line, root).present()) {
      throw failure(file, line, "expected keys with values");
    }
    return YamlMap.empty(source);
  }

  private static @Nullable Node compose(String file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      return new org.yaml.snakeyaml.Yaml(options).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      throw failure(file, e);
    } catch (ReaderException e) {
      throw failure(
          file,
          lineAt(text, e.getPosition()),
          String.format("not valid YAML: character U+%04X is not allowed", e.getCodePoint()));
    } catch (YAMLException e) {
      throw failure(file, 0, plainWords(String.valueOf(e.getMessage())));
    }
  }

  private static ConfigException failure(String file, MarkedYAMLException e) {
    Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
    String where = mark == null ? "" : " (column " + (mark.getColumn() + 1) + ")";
    String context = e.getContext() == null ? "" : e.getContext() + ", ";
    String hint =
        String.valueOf(e.getProblem()).contains("'\\t(TAB)'")
            ? "; indent with spaces, not with tabs"
            : "";
    return failure(
        file,
        mark == null ? 0 : mark.getLine() + 1,
        "not valid YAML" + where + ": " + context + e.getProblem() + hint);
  }

  private static String plainWords(String message) {
    if (message.contains("aliases for non-scalar")) {
      return "aliases (*name) of lists and maps are not supported; write the value out";
    }
    if (message.contains("Nesting Depth")) {
      return "nested deeper than " + MAX_DEPTH + " levels";
    }
    return "not valid YAML: " + message;
  }

  private static int lineAt(String text, int position) {
    return 1
        + (int)
            text.substring(0, Math.min(position, text.length()))
                .chars()
                .filter(c -> c == '\n')
                .count();
  }

  private static ConfigException failure(String file, int line, String message) {
    return new ConfigException(List.of(new ConfigProblem(file, line, null, message)));
  }
}
