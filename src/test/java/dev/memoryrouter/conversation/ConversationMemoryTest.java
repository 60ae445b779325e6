package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ConversationMemory.Known;
import dev.memoryrouter.files.DurableMap;
import dev.memoryrouter.testing.ChatBodies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversationMemoryTest {
  private static final Message SYSTEM = Message.of(Role.SYSTEM, "s");
  private static final Message HI = Message.of(Role.USER, "hi");
  private static final Message HELLO = Message.of(Role.ASSISTANT, "hello");
  private static final DurableMap.Codec<String> TEXT =
      new DurableMap.Codec<>(text -> text, Optional::of);

  private final ConversationReader reader = new ConversationReader();
  private final DurableMap<Known<String>> entries = DurableMap.inMemory(1 << 20, Known.codec(TEXT));
  private final ConversationMemory<String> memory = new ConversationMemory<>(entries);

  @Test
  void find_severalPrefixes_longestWins() {
    remember("short", HI, HELLO);
    remember("long", HI, HELLO, user("a"), HELLO);

    assertThat(memory.find(chat(HI, HELLO, user("a"), HELLO, user("b")))).contains("long");
    assertThat(memory.find(chat(HI, HELLO, user("c")))).contains("short");
  }

  @Test
  void find_twoBeginAlike_answerTellsWhoseValueItIs() {
    memory.remember(chat(HI), "one");
    memory.remember(chat(HI), "two");
    memory.rememberAnswer(chat(HI), AnswerMark.of(user("Let me  look.")), "one");
    memory.rememberAnswer(chat(HI), AnswerMark.of(HELLO), "two");
    Message look = Message.of(Role.ASSISTANT, "Let me look. ");

    assertThat(memory.find(chat(HI, look, user("result")))).contains("one");
    assertThat(memory.find(chat(HI, HELLO, user("result")))).contains("two");
  }

  @Test
  void find_otherSystemPrompt_known() {
    remember("known", SYSTEM, HI, HELLO);

    assertThat(memory.find(chat(Message.of(Role.SYSTEM, "other"), SYSTEM, HI, HELLO, HI)))
        .contains("known");
  }

  @Test
  void find_otherBeginning_nothing() {
    remember("known", HI);

    assertThat(memory.find(chat(HELLO, HI))).isEmpty();
  }

  @Test
  void remember_systemMessagesOnly_isNoConversation() {
    remember("all", SYSTEM);

    assertThat(memory.find(chat(SYSTEM))).isEmpty();
    assertThat(entries.size()).isZero();
  }

  @Test
  void find_sameSessionWithOtherMessages_known() {
    memory.remember(opencode("ses_1", HI), "of one");
    Conversation compacted = opencode("ses_1", user("A summary of what was said."));

    assertThat(memory.find(compacted)).contains("of one");
    assertThat(memory.identity(compacted)).isEqualTo(memory.identity(opencode("ses_1", HI)));
    assertThat(memory.identity(opencode("ses_2", HI))).isNotEqualTo(memory.identity(compacted));
  }

  @Test
  void find_exactHistoryInASession_isMoreExactThanTheSession() {
    memory.remember(opencode("ses_1", HI, HELLO, user("a")), "main");
    memory.remember(opencode("ses_1", user("another agent's order")), "other");

    assertThat(memory.find(opencode("ses_1", HI, HELLO, user("a"), HELLO, user("b"))))
        .contains("main");
  }

  @Test
  void identity_beginningRewritten_tailTells() {
    Message call =
        new Message(
            Role.ASSISTANT,
            List.of(),
            Message.Form.ABSENT,
            List.of(new ToolCall("call_77", "read_files", "{}")),
            null,
            null,
            null);
    Message result = answering("call_77", "the file");
    Conversation before = chat(HI, HELLO, user("read it"), call, result);
    String identity = memory.identity(before);
    memory.remember(before, "v");

    Conversation compacted =
        chat(user("Context summary: read something"), call, result, HELLO, user("and now?"));
    assertThat(memory.find(compacted)).contains("v");
    assertThat(memory.identity(compacted)).isEqualTo(identity);
  }

  @Test
  void identity_shortMessagesInCommon_areAnotherConversation() {
    remember("v", HI, HELLO, user("thanks"));

    assertThat(memory.find(chat(user("other"), HELLO, user("thanks")))).isEmpty();
  }

  @Test
  void identity_equalBeginnings_answersTellThemApart() {
    Conversation one = chat(HI, HELLO, user("x"));
    Conversation two = chat(HI, Message.of(Role.ASSISTANT, "good day"), user("x"));
    remember("v", HI);
    String first = memory.identity(one);
    memory.remember(one, "v");

    assertThat(memory.identity(chat(HI))).isEqualTo(first);
    assertThat(memory.identity(two)).isNotEqualTo(first);
    memory.remember(two, "w");
    Conversation later =
        chat(HI, Message.of(Role.ASSISTANT, "good day"), user("x"), HELLO, user("y"));
    assertThat(memory.identity(later)).isEqualTo(memory.identity(two));
    assertThat(memory.identity(chat(HI, HELLO, user("x"), HELLO, HI))).isEqualTo(first);
  }

  @Test
  void find_tenThousandMessages_newestFound() {
    List<Message> messages = new ArrayList<>(List.of(HI));
    for (int i = 0; i < 5_000; i++) {
      messages.add(Message.of(Role.ASSISTANT, "a" + i));
      messages.add(user("u" + i));
    }
    memory.remember(chat(messages.toArray(Message[]::new)), "long");
    messages.add(HELLO);
    messages.add(HI);

    assertThat(memory.find(chat(messages.toArray(Message[]::new)))).contains("long");
  }

  private void remember(String value, Message... messages) {
    memory.remember(chat(messages), value);
  }

  private Conversation chat(Message... messages) {
    return reader.read(ChatBodies.read("{}").withMessages(List.of(messages)), Map.of());
  }

  private Conversation opencode(String session, Message... messages) {
    return reader.read(
        ChatBodies.read("{\"tools\":[{\"function\":{\"name\":\"read\"}}]}")
            .withMessages(List.of(messages)),
        Map.of("user-agent", "opencode/1.18.33", "x-session-id", session));
  }

  private static Message user(String text) {
    return Message.of(Role.USER, text);
  }

  private static Message answering(String id, String text) {
    return new Message(
        Role.TOOL, List.of(new Part.Text(text)), Message.Form.STRING, List.of(), id, null, null);
  }
}
