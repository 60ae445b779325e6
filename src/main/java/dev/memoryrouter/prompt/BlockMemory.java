package dev.memoryrouter.prompt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Role;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Remembers which memory block was placed in which message, so that later turns send the same
/// bytes again and the model's prefix cache stays warm. Bounded by the size of the blocks, least
/// recently used first. Thread-safe.
public final class BlockMemory {
  private static final long MAX_CHARACTERS = 32L << 20;
  private static final int ENTRY_OVERHEAD = 200;

  private final Cache<String, PlacedBlock> blocks =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARACTERS)
          .<String, PlacedBlock>weigher((_, block) -> ENTRY_OVERHEAD + block.text().length())
          .build();

  /// The blocks placed before in the messages of this conversation, by message index.
  Map<Integer, PlacedBlock> placedIn(Conversation conversation, String bank) {
    Map<Integer, PlacedBlock> found = new TreeMap<>();
    for (int i = 0; i < conversation.request().messages().size(); i++) {
      // A system message shares the identity of what is before it, so the role must be looked at
      // too.
      if (conversation.request().messages().get(i).role() != Role.USER) {
        continue;
      }
      int index = i;
      Optional.ofNullable(blocks.getIfPresent(key(conversation, index, bank)))
          .ifPresent(block -> found.put(index, block));
    }
    return found;
  }

  void remember(Conversation conversation, int message, String bank, PlacedBlock block) {
    blocks.put(key(conversation, message, bank), block);
  }

  private static String key(Conversation conversation, int message, String bank) {
    return conversation.prefixes().at(message + 1) + '/' + bank;
  }
}
