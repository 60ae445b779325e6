package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ConversationMemory.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConversationMemoryTest {
  private static final Message SYSTEM = Message.of(Role.SYSTEM, "s");
  private static final Message HI = Message.of(Role.USER, "hi");
  private static final Message HELLO = Message.of(Role.ASSISTANT, "hello");

  private final ConversationMemory<String> memory =
      new ConversationMemory<>(10_000, String::length);

  @Test
  void longestKnown_severalPrefixes_longestWins() {
    PrefixChain chain = PrefixHasher.chain(List.of(SYSTEM, HI, HELLO, Message.of(Role.USER, "x")));
    memory.remember(chain, 2, "short");
    memory.remember(chain, 3, "long");

    assertThat(memory.longestKnown(chain)).contains(new Match<>("long", 3));
  }

  @Test
  void longestKnown_otherSystemPrompt_matchCountsOwnMessages() {
    memory.remember(PrefixHasher.chain(List.of(HI, HELLO)), 2, "known");

    assertThat(memory.longestKnown(PrefixHasher.chain(List.of(SYSTEM, SYSTEM, HI, HELLO, HI))))
        .contains(new Match<>("known", 4));
  }

  @Test
  void longestKnown_branchOfHistory_matchesCommonPart() {
    memory.remember(PrefixHasher.chain(List.of(HI, HELLO)), 1, "hi");

    assertThat(memory.longestKnown(PrefixHasher.chain(List.of(HI, HI))))
        .contains(new Match<>("hi", 1));
    assertThat(memory.longestKnown(PrefixHasher.chain(List.of(HELLO, HI)))).isEmpty();
  }

  @Test
  void remember_systemMessagesOnly_isNoConversation() {
    PrefixChain chain = PrefixHasher.chain(List.of(SYSTEM));
    memory.remember(chain, 1, "all");

    assertThat(memory.longestKnown(chain)).isEmpty();
    assertThat(memory.size()).isZero();
  }

  @Test
  void remember_overBound_leastRecentlyUsedGoes() {
    List<PrefixChain> chains = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      chains.add(PrefixHasher.chain(List.of(Message.of(Role.USER, "m" + i))));
      memory.remember(chains.getLast(), 1, "v" + i);
      // Kept in use.
      assertThat(memory.longestKnown(chains.getFirst())).isPresent();
      assertThat(memory.bytes()).isBetween(1L, 10_000L);
    }
    assertThat(memory.size()).isBetween(20, 60);
    assertThat(memory.longestKnown(chains.get(1))).isEmpty();
    assertThat(memory.longestKnown(chains.getLast())).contains(new Match<>("v99", 1));
  }

  @Test
  void remember_valueLargerThanBound_isNotKeptAndForgetsTheOld() {
    PrefixChain chain = PrefixHasher.chain(List.of(HI));
    memory.remember(chain, 1, "small");
    memory.remember(chain, 1, "x".repeat(20_000));

    assertThat(memory.longestKnown(chain)).isEmpty();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void rememberSession_thenAgain_newestValue() {
    memory.rememberSession("ses_1", "a");
    memory.rememberSession("ses_1", "bb");

    assertThat(memory.ofSession("ses_1")).contains("bb");
    assertThat(memory.ofSession("ses_2")).isEmpty();
    assertThat(memory.size()).isEqualTo(1);
  }

  @Test
  void remember_manyThreads_boundHolds() {
    IntStream.range(0, 2_000)
        .parallel()
        .forEach(i -> {
          PrefixChain chain = PrefixHasher.chain(List.of(Message.of(Role.USER, "t" + i % 97)));
          memory.remember(chain, 1, "v".repeat(i % 50));
          memory.longestKnown(chain);
        });
    assertThat(memory.bytes()).isBetween(1L, 10_000L);
    assertThat(memory.size()).isPositive();
  }
}
