package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrefixHasherTest {
  private static final Message HI = Message.of(Role.USER, "hi");

  /// Identities may be kept on disk: a change of these digits forgets what was kept.
  @Test
  void chain_knownMessages_sameDigitsInEveryRun() {
    assertThat(last(HI)).isEqualTo("503a4ce3a90a7d19e2fa5f1c8b67769f");
    assertThat(PrefixHasher.empty()).isEqualTo("6d656d6f72792d726f75746572207072");
  }

  @Test
  void chain_systemMessages_doNotCount() {
    PrefixChain chain =
        new PrefixHasher(new KnownTexts())
            .chain(List.of(Message.of(Role.SYSTEM, "a"), HI, Message.of(Role.SYSTEM, "b"), HI));

    assertThat(chain.at(1)).isEqualTo(PrefixHasher.empty());
    assertThat(chain.at(2)).isEqualTo(last(HI)).isEqualTo(chain.at(3));
    assertThat(chain.at(4)).isEqualTo(last(HI, HI)).isNotEqualTo(chain.at(3));
  }

  @Test
  void chain_stringOrOnePart_same() {
    assertThat(last(parts(Role.USER, new Part.Text("hi")))).isEqualTo(last(HI));
    assertThat(last(parts(Role.USER, new Part.Text("h"), new Part.Text("i"))))
        .isNotEqualTo(last(HI));
  }

  @Test
  void chain_contentEmptyOrAbsent_same() {
    assertThat(last(Message.of(Role.ASSISTANT, ""))).isEqualTo(last(parts(Role.ASSISTANT)));
  }

  @Test
  void chain_argumentsDifferInWhiteSpaceOnly_same() {
    String plain = last(calling("c1", "{\"path\":\"a b\",\"n\":1}"));

    assertThat(last(calling("c1", " {\n \"path\" : \"a b\", \"n\": 1 } "))).isEqualTo(plain);
    assertThat(last(calling("c1", "{\"path\":\"a  b\",\"n\":1}"))).isNotEqualTo(plain);
    assertThat(last(calling("c2", "{\"path\":\"a b\",\"n\":1}"))).isNotEqualTo(plain);
    assertThat(last(calling("c1", ""))).isEqualTo(last(calling("c1", "{ }")));
  }

  @Test
  void chain_argumentsNoJson_countAsTheyStand() {
    assertThat(last(calling("c", "{\"a\":"))).isNotEqualTo(last(calling("c", "{\"b\":")));
    assertThat(last(calling("c", "[".repeat(50_000)))).hasSize(32);
  }

  @Test
  void chain_reasoning_doesNotMatter() {
    assertThat(last(reasoning("because"))).isEqualTo(last(reasoning(null)));
  }

  @Test
  void chain_roleImageOrCallId_matter() {
    assertThat(last(Message.of(Role.ASSISTANT, "hi"))).isNotEqualTo(last(HI));
    assertThat(last(parts(Role.USER, new Part.Image("data:a", null))))
        .isNotEqualTo(last(parts(Role.USER, new Part.Image("data:b", null))));
    assertThat(last(answering("a"))).isNotEqualTo(last(answering("b")));
  }

  @Test
  void chain_textImitatesStructure_differs() {
    assertThat(last(Message.of(Role.USER, "texthi")))
        .isNotEqualTo(last(parts(Role.USER, new Part.Text("text"), new Part.Text("hi"))));
  }

  private static String last(Message... messages) {
    return new PrefixHasher(new KnownTexts()).chain(List.of(messages)).hashes().getLast();
  }

  private static Message parts(Role role, Part... parts) {
    return new Message(role, List.of(parts), Message.Form.PARTS, List.of(), null, null, null);
  }

  private static Message calling(String id, String arguments) {
    List<ToolCall> calls = List.of(new ToolCall(id, "f", arguments));
    return new Message(Role.ASSISTANT, List.of(), Message.Form.ABSENT, calls, null, null, null);
  }

  private static Message reasoning(@Nullable String reasoning) {
    List<Part> parts = List.of(new Part.Text("x"));
    return new Message(
        Role.ASSISTANT, parts, Message.Form.STRING, List.of(), null, null, reasoning);
  }

  private static Message answering(String id) {
    List<Part> parts = List.of(new Part.Text("x"));
    return new Message(Role.TOOL, parts, Message.Form.STRING, List.of(), id, null, null);
  }
}
