package dev.memoryrouter.chat;

import dev.memoryrouter.embedding.EmbeddingSettings;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import dev.memoryrouter.prompt.MemorySettings;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.QdrantSettings.Quantization;
import dev.memoryrouter.store.StoreSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `server.yaml`. Environment variables stand over the file. Problems gather in the map; when
/// there are any, what was read must not be used.
final class ServerFile {
  private static final String EMBEDDING_MODEL = "all-minilm-l6-v2-q";
  private static final Duration LONGEST = Duration.ofDays(1);

  private final YamlMap root;
  private final Path workingDirectory;

  private ServerFile(YamlMap root, Path workingDirectory) {
    this.root = root;
    this.workingDirectory = workingDirectory;
  }

  /// The content of the file; relative paths are taken from the working directory.
  static ServerSettings read(YamlMap root, Path workingDirectory) {
    return new ServerFile(root, workingDirectory).read();
  }

  /// A path as a user writes it, `~` included.
  static Optional<Path> path(YamlValue value, Path workingDirectory) {
    Optional<String> text = value.text().map(String::strip);
    try {
      return text.map(ServerFile::withHome).map(workingDirectory::resolve).map(Path::normalize);
    } catch (InvalidPathException e) {
      value.problem("found \"" + text.orElse("") + "\", which is no path");
      return Optional.empty();
    }
  }

  private static String withHome(String text) {
    return text.equals("~") || text.startsWith("~/")
        ? System.getProperty("user.home") + text.substring(1)
        : text;
  }

  private ServerSettings read() {
    ServerSettings settings =
        new ServerSettings(
            BankSection.read(root, workingDirectory),
            store(),
            embedding(),
            memory(),
            http(),
            QueueSection.read(root.at("queue").map()),
            compaction(),
            root.variable("MAX_TOKEN_LIMIT").integer(1024, Integer.MAX_VALUE).orElse(null),
            apiKeys(),
            path(root.variable("MODEL_CACHE_DIR"), workingDirectory)
                .orElse(workingDirectory.resolve("models")));
    root.rejectUnknownKeys();
    return settings;
  }

  private StoreSettings store() {
    YamlMap store = root.at("store").map();
    StoreSettings.Type type =
        over("VECTOR_STORE", store.at("type"))
            .oneOf(List.of(StoreSettings.Type.values()), StoreSettings.Type::label)
            .orElse(StoreSettings.Type.LUCENE);
    Optional<Path> path = path(over("VECTOR_STORE_PATH", store.at("path")), workingDirectory);
    QdrantSettings qdrant = qdrant(store.at("qdrant").map());
    store.rejectUnknownKeys();
    return new StoreSettings(type, path.orElse(workingDirectory.resolve("vector-stores")), qdrant);
  }

  private QdrantSettings qdrant(YamlMap qdrant) {
    YamlMap hnsw = qdrant.at("hnsw").map();
    QdrantSettings settings =
        new QdrantSettings(
            qdrantUrl(over("QDRANT_URL", qdrant.at("url"))),
            over("QDRANT_API_KEY", qdrant.at("api-key"))
                .text()
                .filter(key -> !key.isBlank())
                .orElse(null),
            certificate(qdrant.at("certificate")),
            qdrant.at("collection").text().orElse(QdrantSettings.DEFAULT_COLLECTION),
            qdrant
                .at("timeout")
                .duration(Duration.ofMillis(100), Duration.ofMinutes(1))
                .orElse(QdrantSettings.DEFAULT_TIMEOUT),
            hnsw.at("m").integer(4, 128).orElse(QdrantSettings.DEFAULT_LINKS),
            hnsw.at("ef-construct").integer(4, 4096).orElse(QdrantSettings.DEFAULT_BUILD_BREADTH),
            hnsw.at("ef").integer(1, 4096).orElse(QdrantSettings.DEFAULT_SEARCH_BREADTH),
            hnsw.at("exact-up-to")
                .integer(0, Integer.MAX_VALUE)
                .orElse(QdrantSettings.DEFAULT_EXACT_LIMIT),
            qdrant
                .at("quantization")
                .oneOf(List.of(Quantization.values()), Quantization::label)
                .orElse(Quantization.NONE));
    hnsw.rejectUnknownKeys();
    qdrant.rejectUnknownKeys();
    return settings;
  }

  private @Nullable Path certificate(YamlValue value) {
    Optional<Path> file = path(value, workingDirectory);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      value.problem("there is no readable file " + file.get());
    }
    return file.orElse(null);
  }

  private static URI qdrantUrl(YamlValue value) {
    String text = value.text().map(String::strip).orElse(QdrantSettings.DEFAULT_URL);
    try {
      URI url = URI.create(text);
      if (QdrantSettings.isUsable(url)) {
        return url;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    value.problem(
        "found \"" + text + "\"; expected the gRPC address, such as " + QdrantSettings.DEFAULT_URL);
    return URI.create(QdrantSettings.DEFAULT_URL);
  }

  private EmbeddingSettings embedding() {
    YamlMap embedding = root.at("embedding").map();
    String model =
        embedding.at("model").oneOf(List.of(EMBEDDING_MODEL), name -> name).orElse(EMBEDDING_MODEL);
    embedding.rejectUnknownKeys();
    return new EmbeddingSettings(model);
  }

  private MemorySettings memory() {
    YamlMap memory = root.at("memory").map();
    MemorySettings settings =
        new MemorySettings(
            memory.at("budget-share").number(0, 1).orElse(0.15),
            memory.at("budget-tokens").integer(0, 1_000_000).orElse(6000),
            memory.at("min-score").number(0, 1).orElse(Retriever.DEFAULT_MIN_SCORE),
            memory.at("whole-bank").flag().orElse(true));
    memory.rejectUnknownKeys();
    return settings;
  }

  private HttpSettings http() {
    YamlMap http = root.at("http").map();
    HttpSettings settings =
        new HttpSettings(
            over("APP_HOST", http.at("host")).text().map(String::strip).orElse("127.0.0.1"),
            over("APP_PORT", http.at("port")).integer(0, 65_535).orElse(8000),
            http.at("body-limit").size(1024).orElse(64L << 20),
            http.at("status-hold")
                .duration(Duration.ZERO, Duration.ofMinutes(5))
                .orElse(Duration.ofSeconds(5)),
            http.at("keep-alive")
                .duration(Duration.ofMillis(100), Duration.ofMinutes(5))
                .orElse(Duration.ofSeconds(10)),
            requestTimeout(http.at("request-timeout")));
    if (settings.bodyLimit() > Integer.MAX_VALUE) {
      http.at("body-limit").problem("is larger than 2047MB, the most that is supported");
    }
    http.rejectUnknownKeys();
    return settings;
  }

  private Duration requestTimeout(YamlValue inFile) {
    Optional<Duration> file = inFile.duration(Duration.ofSeconds(1), LONGEST);
    return root.variable("REQUEST_TIMEOUT_SECONDS")
        .integer(1, (int) LONGEST.toSeconds())
        .map(Duration::ofSeconds)
        .or(() -> file)
        .orElse(Duration.ofMinutes(30));
  }

  private Compaction compaction() {
    return root.at("compaction")
        .oneOf(List.of(Compaction.values()), Compaction::label)
        .orElse(Compaction.AUTO);
  }

  private Set<String> apiKeys() {
    Set<String> keys = new LinkedHashSet<>();
    root.variable("ROUTER_API_KEYS").text().stream()
        .flatMap(text -> Arrays.stream(text.split(",")))
        .map(String::strip)
        .filter(key -> !key.isEmpty())
        .forEach(keys::add);
    return keys;
  }

  /// The variable when it is set, else the value of the file.
  private YamlValue over(String variable, YamlValue inFile) {
    YamlValue value = root.variable(variable);
    return value.present() ? value : inFile;
  }
}
