package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.store.qdrant.FakeQdrant;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The server with its index in Qdrant, and what becomes of requests when that fails.
class QdrantIT {
  private static final String ASK =
      "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"And where do events live?\"}]}";

  @TempDir Path root;

  @Test
  void qdrant_downEmptyAndBack_isServedWithoutMemoryMeanwhile() throws Exception {
    try (FakeQdrant qdrant = FakeQdrant.start();
        FakeUpstream ollama = FakeUpstream.start()) {
      ollama.pull(FakeModel.of("qwen3:30b-a3b"));
      Map<String, String> environment =
          Map.of("VECTOR_STORE", "qdrant", "QDRANT_URL", qdrant.url().toString());
      try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), environment)) {
        server.awaitIndex();
        assertThat(server.get("/v1/memory/search?query=storage").body()).contains("PostgreSQL");
        assertThat(store(server).path("type").asString()).isEqualTo("qdrant");
        assertThat(root.resolve("vector-stores/lucene")).doesNotExist();

        qdrant.kill();
        HttpResponse<String> search = server.get("/v1/memory/search?query=storage");
        assertThat(search.statusCode()).isEqualTo(503);
        assertThat(search.body()).contains("cannot be reached").contains("QDRANT_URL");
        HttpResponse<String> chat = server.post("/v1/chat/completions", ASK);
        assertThat(chat.statusCode()).isEqualTo(200);
        assertThat(chat.headers().firstValue("x-router-degraded").orElse("")).contains("memory=");
        assertThat(store(server).path("status").asString()).isEqualTo("degraded");
        assertThat(store(server).path("problem").asString()).contains("cannot be reached");

        qdrant.restart();
        awaitFound(server);
        assertThat(store(server).path("status").asString()).isEqualTo("healthy");

        qdrant.restartEmpty();
        awaitFound(server);
        server.awaitIndex();
      }
    }
  }

  private static JsonNode store(TestServer server) throws Exception {
    return server.getJson("/health").at("/components/vector_store");
  }

  private static void awaitFound(TestServer server) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> server.get("/v1/memory/search?query=storage").body().contains("PostgreSQL"));
  }
}
