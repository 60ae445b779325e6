package dev.memoryrouter.conversation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Makes the identities of messages and of a conversation's prefixes: SHA-256 over a message's
/// fields, and over the identity before and the message's, each cut to 128 bits. Each field goes in
/// with its length, so that text cannot imitate structure. The result is the same in every run: it
/// is kept on disk. The digests of long texts are remembered with these texts, so that a turn costs
/// what is new in it. Thread-safe.
final class PrefixHasher {
  private static final int BYTES = 16;
  private static final byte[] START = Arrays.copyOf(utf8("memory-router prefix 2"), BYTES);
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What of a text counts.
  enum Meaning {
    /// Every character.
    TEXT,
    /// The JSON value that it writes.
    ARGUMENTS;

    private String of(String text) {
      return this == ARGUMENTS ? canonical(text) : text;
    }
  }

  private final KnownTexts texts;

  PrefixHasher(KnownTexts texts) {
    this.texts = texts;
  }

  /// Identities where all but system messages count.
  PrefixChain chain(List<Message> messages) {
    List<@Nullable Message> counted = new ArrayList<>();
    messages.forEach(message -> counted.add(message.role() == Role.SYSTEM ? null : message));
    return chainOf(counted);
  }

  /// Identities of a request.
  ///
  /// @param counted each message as it counts; null for one that does not
  PrefixChain chainOf(List<@Nullable Message> counted) {
    MessageDigest digest = sha256();
    List<String> prefixes = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    byte[] state = START;
    String hex = empty();
    for (Message message : counted) {
      byte[] own = message == null ? null : new Fields(digest).identity(message);
      if (own != null) {
        digest.update(state);
        digest.update(own);
        state = Arrays.copyOf(digest.digest(), BYTES);
        hex = HexFormat.of().formatHex(state);
      }
      prefixes.add(hex);
      messages.add(own == null ? "" : HexFormat.of().formatHex(own));
    }
    return new PrefixChain(prefixes, messages);
  }

  /// Identity of a prefix without any message that counts.
  static String empty() {
    return HexFormat.of().formatHex(START);
  }

  /// Identity of a text by itself.
  static String text(String text) {
    return HexFormat.of().formatHex(digest(text, Meaning.TEXT), 0, BYTES);
  }

  /// The fields of one message on their way into a digest.
  private final class Fields {
    private final MessageDigest digest;
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

    Fields(MessageDigest digest) {
      this.digest = digest;
    }

    byte[] identity(Message message) {
      field(message.role().name());
      message.parts().forEach(this::add);
      for (ToolCall call : message.toolCalls()) {
        field("call");
        field(call.id());
        field(call.name());
        add(texts.digest(call.arguments(), Meaning.ARGUMENTS));
      }
      if (message.toolCallId() != null) {
        field("answers");
        field(message.toolCallId());
      }
      return Arrays.copyOf(digest.digest(), BYTES);
    }

    private void add(Part part) {
      switch (part) {
        // Null, absent and empty content mean the same.
        case Part.Text(String text) when text.isEmpty() -> {}
        case Part.Text(String text) -> {
          field("text");
          content(text);
        }
        case Part.Image(String url, _) -> {
          field("image");
          content(url);
        }
        case Part.Other(String type, var raw) -> {
          field("other");
          field(type);
          field(raw.toString());
        }
      }
    }

    private void content(String text) {
      if (text.length() < KnownTexts.LONG) {
        field(text);
      } else {
        field("digest");
        add(texts.digest(text, Meaning.TEXT));
      }
    }

    private void field(String value) {
      add(utf8(value));
    }

    private void add(byte[] bytes) {
      digest.update(length.clear().putInt(bytes.length).flip());
      digest.update(bytes);
    }
  }

  /// The whole digest of what counts of a text.
  static byte[] digest(String text, Meaning meaning) {
    return sha256().digest(utf8(meaning.of(text)));
  }

  /// Arguments are re-serialised by clients, so only their meaning counts; what is not JSON counts
  /// as it stands.
  private static String canonical(String arguments) {
    String bare = arguments.strip();
    if (bare.isEmpty()) {
      return "{}";
    }
    try {
      return JSON.readTree(bare).toString();
    } catch (JacksonException _) {
      return bare;
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256, which every JDK must have", e);
    }
  }
}
