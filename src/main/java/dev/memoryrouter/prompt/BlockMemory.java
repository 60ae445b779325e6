package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.PrefixChain;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.files.DurableMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Remembers which memory block was placed in which message, so that later turns send the same
/// bytes again and the model's prefix cache stays warm. Bounded by the size of the blocks, least
/// recently used first. Thread-safe.
public final class BlockMemory implements AutoCloseable {
  private static final long MAX_BYTES = 64L << 20;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DurableMap.Codec<PlacedBlock> CODEC =
      new DurableMap.Codec<>(JSON::writeValueAsString, BlockMemory::read);

  private final DurableMap<PlacedBlock> blocks;

  private BlockMemory(DurableMap<PlacedBlock> blocks) {
    this.blocks = blocks;
  }

  /// A memory that ends with the process.
  public static BlockMemory inMemory() {
    return new BlockMemory(DurableMap.inMemory(MAX_BYTES, CODEC));
  }

  /// A memory that is kept in a file.
  public static BlockMemory open(Path file) {
    return new BlockMemory(DurableMap.open(file, MAX_BYTES, CODEC));
  }

  /// The blocks placed before in the messages of this conversation, by message index.
  Map<Integer, PlacedBlock> placedIn(Conversation conversation, String bank) {
    PrefixChain chain = conversation.prefixes();
    Map<Integer, PlacedBlock> found = new TreeMap<>();
    for (int i = 0; i < chain.size(); i++) {
      int index = i;
      // A message that does not count has the identity of what stands before it.
      boolean carries =
          chain.counts(i) && conversation.request().messages().get(i).role() == Role.USER;
      if (carries) {
        blocks.get(key(chain, i, bank)).ifPresent(block -> found.put(index, block));
      }
    }
    return found;
  }

  void remember(Conversation conversation, int message, String bank, PlacedBlock block) {
    blocks.put(key(conversation.prefixes(), message, bank), block);
  }

  @Override
  public void close() {
    blocks.close();
  }

  /// A bank may be named with blanks, a key may not.
  private static String key(PrefixChain chain, int message, String bank) {
    String name = Base64.getEncoder().encodeToString(bank.getBytes(StandardCharsets.UTF_8));
    return chain.at(message + 1) + '/' + name;
  }

  private static Optional<PlacedBlock> read(String line) {
    try {
      return Optional.of(JSON.readValue(line, PlacedBlock.class));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }
}
