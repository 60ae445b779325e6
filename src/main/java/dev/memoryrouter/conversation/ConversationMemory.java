package dev.memoryrouter.conversation;

import dev.memoryrouter.files.DurableMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds a conversation again from request to request, and remembers a value for it. Holds no text
/// of it, only hashes. Thread-safe.
///
/// A conversation is known by, in this order: the agent's session id; the surroundings and the time
/// that the client described at its beginning; the longest known prefix of its messages; its last
/// two messages known, for clients that rewrite or drop what was before. Two conversations that
/// begin alike count as one until the first answer tells them apart: each has the value that was
/// remembered with its answer.
public final class ConversationMemory<V> {
  private static final String EMPTY = PrefixHasher.empty();

  /// Two messages with less text, and no call of a tool, may occur in any conversation.
  private static final int LEAST_TEXT = 200;

  /// Something remembered.
  ///
  /// @param conversation identity of the conversation, 32 hexadecimal digits
  public record Known<V>(String conversation, V value) {
    /// The form in which it is kept.
    ///
    /// @param values of the value alone
    public static <V> DurableMap.Codec<Known<V>> codec(DurableMap.Codec<V> values) {
      return new DurableMap.Codec<>(
          known -> known.conversation + ' ' + values.encode().apply(known.value),
          line -> {
            int end = line.indexOf(' ');
            return end < 0
                ? Optional.empty()
                : values
                    .decode()
                    .apply(line.substring(end + 1))
                    .map(value -> new Known<>(line.substring(0, end), value));
          });
    }
  }

  private final DurableMap<Known<V>> entries;

  public ConversationMemory(DurableMap<Known<V>> entries) {
    this.entries = entries;
  }

  /// The value of a conversation. What was remembered for a prefix with an answer in it is more
  /// exact than what was remembered last for the session, which may have been cut back.
  public Optional<V> find(Conversation conversation) {
    return findKnown(conversation).map(Known::value);
  }

  /// Identity of a conversation, whether it is known or not; that of a helper call is its own.
  public String identity(Conversation conversation) {
    if (conversation.helper()) {
      return first(conversation);
    }
    if (conversation.session() != null) {
      return PrefixHasher.text("session " + conversation.session());
    }
    return conversation.opening() != null ? conversation.opening() : byMessages(conversation);
  }

  /// Remembers a value for all messages of a conversation that is no helper call.
  public void remember(Conversation conversation, V value) {
    PrefixChain chain = conversation.prefixes();
    String whole = chain.at(chain.size());
    if (whole.equals(EMPTY)) {
      return;
    }
    Known<V> known = new Known<>(identity(conversation), value);
    String answered = answered(conversation);
    if (answered != null) {
      claim(conversation, answered, known);
    }
    entries.put(whole, known);
    anchors(conversation).forEach(anchor -> entries.put(anchor, known));
    String overlap = overlap(conversation, chain.size() - 1);
    if (overlap != null) {
      entries.put(overlap, known);
    }
  }

  /// Remembers a value for a conversation by its first answer, which others that begin with the
  /// same words do not have.
  public void rememberAnswer(Conversation conversation, AnswerMark answer, V value) {
    if (!conversation.helper() && !answer.isEmpty() && !isAnswered(conversation)) {
      entries.put(
          answerKey(conversation, firstAnswer(conversation), answer),
          new Known<>(identity(conversation), value));
    }
  }

  /// Whether an assistant has answered yet.
  public static boolean isAnswered(Conversation conversation) {
    return firstAnswer(conversation) < conversation.prefixes().size();
  }

  private Optional<Known<V>> findKnown(Conversation conversation) {
    int answer = firstAnswer(conversation);
    return longest(conversation, answer + 1, conversation.prefixes().size())
        .or(() -> byAnswer(conversation, answer))
        .or(() ->
            anchors(conversation).stream().flatMap(it -> entries.get(it).stream()).findFirst())
        .or(() -> longest(conversation, 1, answer))
        .or(() -> byOverlap(conversation));
  }

  private String byMessages(Conversation conversation) {
    int answer = firstAnswer(conversation);
    int size = conversation.prefixes().size();
    Optional<Known<V>> exact = longest(conversation, answer + 1, size);
    if (exact.isPresent()) {
      return exact.get().conversation();
    }
    String answered = answered(conversation);
    Optional<Known<V>> begun = longest(conversation, 1, answer);
    if (begun.isPresent() && answered != null && isClaimed(conversation, answered)) {
      return answered;
    }
    return begun
        .or(() -> byOverlap(conversation))
        .map(Known::conversation)
        .orElseGet(() -> first(conversation));
  }

  /// The longest known prefix with a length between two bounds, inclusive.
  private Optional<Known<V>> longest(Conversation conversation, int least, int most) {
    PrefixChain chain = conversation.prefixes();
    for (int n = most; n >= Math.max(1, least); n--) {
      // One that does not count has the identity of what stands before it: no need to look twice.
      Optional<Known<V>> entry = chain.counts(n - 1) ? entries.get(chain.at(n)) : Optional.empty();
      if (entry.isPresent()) {
        return entry;
      }
    }
    return Optional.empty();
  }

  private Optional<Known<V>> byAnswer(Conversation conversation, int answer) {
    return answer < conversation.prefixes().size()
        ? entries.get(
            answerKey(
                conversation, answer, AnswerMark.of(conversation.request().messages().get(answer))))
        : Optional.empty();
  }

  /// @param messages number of those before the answer
  private static String answerKey(Conversation conversation, int messages, AnswerMark answer) {
    String before = messages == 0 ? EMPTY : conversation.prefixes().at(messages);
    return "answer:" + before + answer.hash();
  }

  private Optional<Known<V>> byOverlap(Conversation conversation) {
    for (int m = conversation.prefixes().size() - 1; m > 0; m--) {
      String overlap = overlap(conversation, m);
      Optional<Known<V>> entry = overlap == null ? Optional.empty() : entries.get(overlap);
      if (entry.isPresent()) {
        return entry;
      }
    }
    return Optional.empty();
  }

  /// The first of several conversations with equal beginnings that goes on keeps their identity.
  private void claim(Conversation conversation, String answered, Known<V> known) {
    String key = claimKey(conversation);
    if (entries.get(key).isEmpty()) {
      entries.put(key, new Known<>(answered, known.value()));
    }
  }

  private boolean isClaimed(Conversation conversation, String answered) {
    return entries
        .get(claimKey(conversation))
        .filter(by -> !by.conversation().equals(answered))
        .isPresent();
  }

  private static String claimKey(Conversation conversation) {
    return "claimed:" + first(conversation);
  }

  private static List<String> anchors(Conversation conversation) {
    String session = conversation.session();
    String opening = conversation.opening();
    return session != null
        ? List.of("session:" + PrefixHasher.text(session))
        : opening == null ? List.of() : List.of("opening:" + opening);
  }

  /// Number of messages before the first answer that counts; all when there is none.
  private static int firstAnswer(Conversation conversation) {
    List<Message> messages = conversation.request().messages();
    int i = 0;
    while (i < messages.size()
        && (messages.get(i).role() != Role.ASSISTANT || !conversation.prefixes().counts(i))) {
      i++;
    }
    return i;
  }

  /// Identity of the messages up to the first answer; null when there is none.
  private static @Nullable String answered(Conversation conversation) {
    return isAnswered(conversation)
        ? conversation.prefixes().at(firstAnswer(conversation) + 1)
        : null;
  }

  /// Identity of the first message that counts.
  private static String first(Conversation conversation) {
    PrefixChain chain = conversation.prefixes();
    int i = 0;
    while (i < chain.size() - 1 && !chain.counts(i)) {
      i++;
    }
    return chain.at(i + 1);
  }

  /// The key of a message together with the one before; null when they are not distinctive.
  private static @Nullable String overlap(Conversation conversation, int message) {
    PrefixChain chain = conversation.prefixes();
    if (message < 1 || !chain.counts(message) || !chain.counts(message - 1)) {
      return null;
    }
    List<Message> messages = conversation.request().messages();
    Message one = messages.get(message - 1);
    Message two = messages.get(message);
    boolean distinctive =
        two.toolCallId() != null
            || !one.toolCalls().isEmpty()
            || length(one) + length(two) >= LEAST_TEXT;
    return distinctive
        ? "overlap:" + chain.messages().get(message - 1) + chain.messages().get(message)
        : null;
  }

  private static int length(Message message) {
    return Transcript.texts(message).mapToInt(String::length).sum();
  }
}
