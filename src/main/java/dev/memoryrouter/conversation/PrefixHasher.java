package dev.memoryrouter.conversation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Makes the identities of a conversation's prefixes: SHA-256 over the identity before and the
/// message, cut to 128 bits. Each field goes in with its length, so that text cannot imitate
/// structure. The result is the same in every run: it may be kept on disk.
final class PrefixHasher {
  private static final int BYTES = 16;
  private static final byte[] START = Arrays.copyOf(utf8("memory-router prefix 1"), BYTES);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final MessageDigest digest = sha256();
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

  private PrefixHasher() {}

  static PrefixChain chain(List<Message> messages) {
    PrefixHasher hasher = new PrefixHasher();
    List<String> hashes = new ArrayList<>(messages.size());
    byte[] state = START;
    String hex = HexFormat.of().formatHex(state);
    for (Message message : messages) {
      if (message.role() != Role.SYSTEM) {
        state = hasher.next(state, message);
        hex = HexFormat.of().formatHex(state);
      }
      hashes.add(hex);
    }
    return new PrefixChain(hashes);
  }

  /// The identity of a prefix without any message that counts.
  static String empty() {
    return HexFormat.of().formatHex(START);
  }

  private byte[] next(byte[] state, Message message) {
    digest.update(state);
    field(message.role().name());
    for (Part part : message.parts()) {
      add(part);
    }
    for (ToolCall call : message.toolCalls()) {
      field("call");
      field(call.id());
      field(call.name());
      field(canonical(call.arguments()));
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
        field(text);
      }
      case Part.Image(String url, _) -> {
        field("image");
        field(url);
      }
      case Part.Other(String type, var raw) -> {
        field("other");
        field(type);
        field(raw.toString());
      }
    }
  }

  private void field(String value) {
    byte[] bytes = utf8(value);
    digest.update(length.clear().putInt(bytes.length).flip());
    digest.update(bytes);
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
