package dev.memoryrouter.chat;

import dev.memoryrouter.embedding.EmbeddingSettings;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.prompt.MemorySettings;
import dev.memoryrouter.store.StoreSettings;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The content of `server.yaml`, with the environment over it.
///
/// @param maxTokenLimit cap on every model's effective limit; null for none
/// @param apiKeys of which a client must send one; empty: none is asked for
/// @param modelCacheDir where downloaded model files are kept
public record ServerSettings(
    BankSettings banks,
    StoreSettings store,
    EmbeddingSettings embedding,
    MemorySettings memory,
    HttpSettings http,
    TurnSettings queue,
    Compaction compaction,
    @Nullable Integer maxTokenLimit,
    Set<String> apiKeys,
    Path modelCacheDir) {
  public ServerSettings {
    apiKeys = Set.copyOf(apiKeys);
  }

  /// Keys stay out of logs.
  @Override
  public String toString() {
    return "ServerSettings[banks=%s, store=%s, memory=%s, http=%s, apiKeys=%d]"
        .formatted(banks, store, memory, http, apiKeys.size());
  }
}
