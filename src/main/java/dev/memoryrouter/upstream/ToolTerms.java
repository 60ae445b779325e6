package dev.memoryrouter.upstream;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;

/// Holds an answer to what its request says about tool calls, because servers often do not: a
/// demanded call must come, by its name if one is named, else the answer is a failure as an empty
/// one is, so that it is asked for once more; and with `parallel_tool_calls: false` only the first
/// call is passed on. What comes before a demanded call is held back until that call begins.
public final class ToolTerms implements ChatStream {
  private final ChatStream source;
  private final UpstreamCall call;
  private final boolean demanded;
  private final boolean single;
  private final Queue<ChatEvent> ready = new ArrayDeque<>();
  private final Queue<ChatEvent> held = new ArrayDeque<>();
  private boolean called;
  private boolean dropped;

  private ToolTerms(ChatStream source, UpstreamCall call) {
    this.source = source;
    this.call = call;
    this.demanded = demands(call.request());
    this.single = Boolean.FALSE.equals(call.request().options().parallelToolCalls());
  }

  /// The stream held to the terms of its request; the stream itself when there are none.
  public static ChatStream of(ChatStream source, UpstreamCall call) {
    var terms = new ToolTerms(source, call);
    boolean any = !call.request().tools().isEmpty() && (terms.demanded || terms.single);
    return any ? terms : source;
  }

  private static boolean demands(ChatRequest request) {
    return switch (request.toolChoice()) {
      case ToolChoice.Required _, ToolChoice.Named _ -> true;
      case ToolChoice.Unset _, ToolChoice.Auto _, ToolChoice.None _ -> false;
    };
  }

  @Override
  public ChatEvent next() throws InterruptedException {
    while (ready.isEmpty()) {
      accept(source.next());
    }
    return ready.remove();
  }

  @Override
  public void close() {
    source.close();
  }

  private void accept(ChatEvent event) {
    switch (event) {
      case ChatEvent.ToolCallStart(int index, _, _) when single && index > 0 -> dropped = true;
      case ChatEvent.ToolCallArguments(int index, _) when single && index > 0 -> {}
      case ChatEvent.ToolCallStart start when !demanded || called || fulfils(start) -> {
        called = true;
        ready.addAll(held);
        held.clear();
        ready.add(start);
      }
      case ChatEvent.Finish finish -> ready.add(finished(finish));
      case ChatEvent.Reasoning _, ChatEvent.Failure _ -> ready.add(event);
      case ChatEvent.Text _,
          ChatEvent.ToolCallStart _,
          ChatEvent.ToolCallArguments _,
          ChatEvent.Usage _ ->
          (demanded && !called ? held : ready).add(event);
    }
  }

  private boolean fulfils(ChatEvent.ToolCallStart start) {
    return switch (call.request().toolChoice()) {
      case ToolChoice.Named(String name) -> start.name().equals(name);
      case ToolChoice.Required _, ToolChoice.Unset _, ToolChoice.Auto _, ToolChoice.None _ -> true;
    };
  }

  private ChatEvent finished(ChatEvent.Finish finish) {
    if (demanded && !called) {
      return new ChatEvent.Failure(
          new UpstreamFailure.Empty(
              "model '%s' on upstream '%s' did not make the tool call that tool_choice demands: try again, or let tool_choice be auto."
                  .formatted(call.upstreamModel(), call.model().upstream())));
    }
    if (!dropped) {
      return finish;
    }
    Set<Correction> corrections = EnumSet.of(Correction.DROPPED_PARALLEL_CALLS);
    corrections.addAll(finish.corrections());
    // The call that was cut off is not among those passed on.
    boolean cutOff = finish.reason() == FinishReason.LENGTH;
    return new ChatEvent.Finish(cutOff ? FinishReason.TOOL_CALLS : finish.reason(), corrections);
  }
}
