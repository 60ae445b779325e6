package dev.memoryrouter.chat;

import dev.memoryrouter.admission.Permit;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.FinishReason;

/// An answer that ends its turn on the model: with its last event, so that a client that reads
/// slowly keeps nobody waiting, else when it is closed.
final class TurnStream implements ChatStream {
  private final ChatStream stream;
  private final Permit permit;
  private final boolean textTools;

  /// @param textTools whether the client calls tools by text, which any answer of such an agent
  ///   does
  TurnStream(ChatStream stream, Permit permit, boolean textTools) {
    this.stream = stream;
    this.permit = permit;
    this.textTools = textTools;
  }

  @Override
  public ChatEvent next() throws InterruptedException {
    ChatEvent event = stream.next();
    switch (event) {
      case ChatEvent.Finish(FinishReason reason, _) ->
          permit.success(textTools || reason == FinishReason.TOOL_CALLS);
      case ChatEvent.Failure _ -> permit.dropped();
      case ChatEvent.Text _,
          ChatEvent.Reasoning _,
          ChatEvent.ToolCallStart _,
          ChatEvent.ToolCallArguments _,
          ChatEvent.Usage _ -> {}
    }
    return event;
  }

  @Override
  public void close() {
    try (permit) {
      stream.close();
    }
  }
}
