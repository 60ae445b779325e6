package dev.memoryrouter.bench;

import dev.memoryrouter.api.ChatRequestReader;
import dev.memoryrouter.api.ParsedChat;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Reading the body of a Cline request of 100,000 tokens: JSON, and what the agent means by it.
@State(Scope.Benchmark)
public class ConversationBench {
  private final ConversationReader reader = new ConversationReader();
  private byte[] body = {};
  private Map<String, String> headers = Map.of();

  @Setup
  public void write() {
    body = LongPrompt.body(LongPrompt.TOKENS).toString().getBytes(StandardCharsets.UTF_8);
    headers = LongPrompt.headers();
  }

  @Benchmark
  public ParsedChat readJson() {
    return ChatRequestReader.read(body);
  }

  @Benchmark
  public Conversation readConversation() {
    return reader.read(ChatRequestReader.read(body).request(), headers);
  }
}
