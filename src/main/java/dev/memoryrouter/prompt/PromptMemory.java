package dev.memoryrouter.prompt;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.PrefixChain;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.files.DurableMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Remembers which memory block was placed in which message, and what was shortened for which
/// model, so that later turns send the same bytes again and the model's prefix cache stays warm.
/// Bounded by size, least recently used first. Thread-safe.
public final class PromptMemory implements AutoCloseable {
  private static final long BLOCK_BYTES = 64L << 20;
  private static final long NOTE_BYTES = 32L << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final DurableMap<PlacedBlock> blocks;
  private final DurableMap<Shortening> notes;

  private PromptMemory(DurableMap<PlacedBlock> blocks, DurableMap<Shortening> notes) {
    this.blocks = blocks;
    this.notes = notes;
  }

  /// A memory that ends with the process.
  public static PromptMemory inMemory() {
    return new PromptMemory(
        DurableMap.inMemory(BLOCK_BYTES, codec(PlacedBlock.class)),
        DurableMap.inMemory(NOTE_BYTES, codec(Shortening.class)));
  }

  /// A memory that is kept in two files.
  ///
  /// @param folder holds `blocks.log` and `notes.log`
  public static PromptMemory open(Path folder) {
    return new PromptMemory(
        DurableMap.open(folder.resolve("blocks.log"), BLOCK_BYTES, codec(PlacedBlock.class)),
        DurableMap.open(folder.resolve("notes.log"), NOTE_BYTES, codec(Shortening.class)));
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
        bound(conversation, bank, index)
            .or(() -> blocks.get(key(chain, index, bank)))
            .ifPresent(block -> found.put(index, block));
      }
    }
    return found;
  }

  /// Binds the blocks of answered turns to their newest answers: another conversation may begin
  /// with the same words, and would place its own block under them.
  void settle(Conversation conversation, String bank) {
    placedIn(conversation, bank)
        .forEach((message, block) -> {
          List<Integer> answers = answers(conversation, message);
          if (!answers.isEmpty()) {
            blocks.put(boundKey(conversation, answers.getFirst(), bank, message), block);
          }
        });
  }

  /// The block that an earlier step of this very conversation sent. After a single answer nothing
  /// is bound yet but what a conversation with equal words and the same answer may have left.
  private Optional<PlacedBlock> bound(Conversation conversation, String bank, int message) {
    List<Integer> answers = answers(conversation, message);
    return answers.size() < 2
        ? Optional.empty()
        : answers.stream()
            .flatMap(answer -> blocks.get(boundKey(conversation, answer, bank, message)).stream())
            .findFirst();
  }

  /// Indexes of the answers after a message, the newest first.
  private static List<Integer> answers(Conversation conversation, int message) {
    List<Message> messages = conversation.request().messages();
    List<Integer> found = new ArrayList<>();
    for (int i = messages.size() - 1; i > message; i--) {
      if (messages.get(i).role() == Role.ASSISTANT && conversation.prefixes().counts(i)) {
        found.add(i);
      }
    }
    return found;
  }

  private static String boundKey(Conversation conversation, int answer, String bank, int message) {
    return key(conversation.prefixes(), answer, bank) + '/' + message;
  }

  void place(Conversation conversation, int message, String bank, PlacedBlock block) {
    blocks.put(key(conversation.prefixes(), message, bank), block);
  }

  /// What earlier turns of this conversation shortened for this model. It stays short whether it
  /// would fit again or not; another model packs anew.
  List<Shortening> shortenedIn(Conversation conversation, String model) {
    if (notes.size() == 0) {
      return List.of();
    }
    List<Shortening> found = new ArrayList<>();
    PrefixChain chain = conversation.prefixes();
    for (int i = 0; i < chain.size(); i++) {
      int parts = chain.counts(i) ? conversation.request().messages().get(i).parts().size() : 0;
      for (int part = 0; part < parts; part++) {
        int message = i;
        // The same text may stand at another place after the client cut its history.
        notes
            .get(key(chain, i, model) + '/' + part)
            .ifPresent(known -> found.add(known.at(message)));
      }
    }
    return found;
  }

  void shorten(Conversation conversation, String model, List<Shortening> shortened) {
    shortened.forEach(one ->
        notes.put(key(conversation.prefixes(), one.message(), model) + '/' + one.part(), one));
  }

  @Override
  public void close() {
    blocks.close();
    notes.close();
  }

  /// Banks and models may be named with blanks, a key may not.
  private static String key(PrefixChain chain, int message, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return chain.at(message + 1) + '/' + Base64.getEncoder().encodeToString(bytes);
  }

  private static <V> DurableMap.Codec<V> codec(Class<V> type) {
    return new DurableMap.Codec<>(
        JSON::writeValueAsString,
        line -> {
          try {
            return Optional.of(JSON.readValue(line, type));
          } catch (JacksonException _) {
            return Optional.empty();
          }
        });
  }
}
