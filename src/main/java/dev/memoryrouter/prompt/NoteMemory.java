package dev.memoryrouter.prompt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.memoryrouter.conversation.Conversation;
import java.util.ArrayList;
import java.util.List;

/// Remembers what was shortened in a conversation for a model, so that every later turn shortens
/// the same, whether it would have to or not: a text that came back would cost the model's prefix
/// cache. Another model packs anew. Bounded, least recently used first. Thread-safe.
final class NoteMemory {
  private static final long MAX_CHARACTERS = 16L << 20;
  private static final int ENTRY_OVERHEAD = 200;

  private final Cache<String, List<Shortening>> notes =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARACTERS)
          .<String, List<Shortening>>weigher((_, list) ->
              list.stream().mapToInt(one -> ENTRY_OVERHEAD + one.note().length()).sum())
          .build();

  /// What earlier turns of this conversation shortened for this model.
  List<Shortening> of(Conversation conversation, String model) {
    List<Shortening> found = new ArrayList<>();
    for (int i = 0; i < conversation.request().messages().size(); i++) {
      List<Shortening> here = notes.getIfPresent(key(conversation, i, model));
      if (here != null) {
        int message = i;
        // A system message shares the identity of what is before it.
        here.stream().filter(one -> one.message() == message).forEach(found::add);
      }
    }
    return found;
  }

  /// Adds newly shortened texts.
  void remember(Conversation conversation, String model, List<Shortening> shortened) {
    for (Shortening one : shortened) {
      notes
          .asMap()
          .merge(
              key(conversation, one.message(), model),
              List.of(one),
              (old, added) -> {
                List<Shortening> both = new ArrayList<>(old);
                both.removeIf(known -> known.part() == one.part());
                both.addAll(added);
                return List.copyOf(both);
              });
    }
  }

  private static String key(Conversation conversation, int message, String model) {
    return conversation.prefixes().at(message + 1) + '/' + model;
  }
}
