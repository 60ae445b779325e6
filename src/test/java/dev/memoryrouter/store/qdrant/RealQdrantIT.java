package dev.memoryrouter.store.qdrant;

import static dev.memoryrouter.store.Records.DIMENSION;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStoreContract;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The store against a real server, where `QDRANT_URL` names one (`docker/compose.qdrant.yaml`). It
/// leaves one small collection for each test there.
@EnabledIfEnvironmentVariable(named = "QDRANT_URL", matches = ".+")
class RealQdrantIT extends VectorStoreContract {
  @Override
  protected VectorStore open() throws IOException {
    QdrantSettings settings =
        new QdrantSettings(
            URI.create(System.getenv("QDRANT_URL")),
            System.getenv("QDRANT_API_KEY"),
            null,
            "memory-router-test-" + UUID.randomUUID(),
            Duration.ofSeconds(5),
            QdrantSettings.DEFAULT_LINKS,
            QdrantSettings.DEFAULT_BUILD_BREADTH,
            QdrantSettings.DEFAULT_SEARCH_BREADTH,
            QdrantSettings.DEFAULT_EXACT_LIMIT,
            QdrantSettings.Quantization.NONE);
    return QdrantVectorStore.open(settings, new IndexIdentity("test", DIMENSION, "1"), "me");
  }
}
