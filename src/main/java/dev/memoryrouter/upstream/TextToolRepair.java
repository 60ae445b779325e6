package dev.memoryrouter.upstream;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns an answer that is nothing but a tool call printed as text into that tool call; some models
/// do so although tools were offered in the proper way. Text is held back only while it can still
/// become such a call; any other answer passes unchanged, and so does one for which JSON was asked.
public final class TextToolRepair implements ChatStream {
  private final ChatStream source;
  private final TextToolMatcher matcher;
  private final Queue<ChatEvent> ready = new ArrayDeque<>();
  private final StringBuilder held = new StringBuilder();
  private ChatEvent.@Nullable Usage usage;

  /// False once text went out or the model called a tool itself.
  private boolean undecided = true;

  private TextToolRepair(ChatStream source, Set<String> tools) {
    this.source = source;
    this.matcher = new TextToolMatcher(tools);
  }

  /// The stream with the repair where the call asks for it, else the stream itself.
  public static ChatStream of(ChatStream source, UpstreamCall call) {
    ChatRequest request = call.request();
    boolean wanted =
        call.model().repairToolCalls()
            && !call.textTools()
            && !request.tools().isEmpty()
            && !(request.toolChoice() instanceof ToolChoice.None)
            && request.responseFormat() instanceof ResponseFormat.Text;
    return wanted
        ? new TextToolRepair(
            source, request.tools().stream().map(Tool::name).collect(Collectors.toSet()))
        : source;
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
      case ChatEvent.Text(var text) when undecided -> hold(text);
      case ChatEvent.Usage found when undecided -> usage = found;
      case ChatEvent.ToolCallStart start -> {
        giveUp();
        ready.add(start);
      }
      case ChatEvent.Finish finish when undecided -> ready.add(decide(finish));
      // What was held back goes with the answer that failed: nothing of it was shown, so another
      // model can still take over.
      case ChatEvent.Failure failure -> ready.add(failure);
      case ChatEvent.Text _,
          ChatEvent.Reasoning _,
          ChatEvent.ToolCallArguments _,
          ChatEvent.Usage _,
          ChatEvent.Finish _ ->
          ready.add(event);
    }
  }

  private void hold(String text) {
    held.append(text);
    if (!matcher.accept(text)) {
      giveUp();
    }
  }

  private ChatEvent decide(ChatEvent.Finish finish) {
    boolean calls = matcher.complete();
    if (calls) {
      var found = matcher.calls();
      var numbered = new AnswerEvents("", null);
      found.forEach(
          call -> numbered.arguments(numbered.toolCall(null, call.name()), call.arguments()));
      for (ChatEvent event = numbered.poll(); event != null; event = numbered.poll()) {
        ready.add(event);
      }
      held.setLength(0);
    }
    giveUp();
    if (usage != null) {
      ready.add(usage);
    }
    return calls ? repaired(finish) : finish;
  }

  private static ChatEvent repaired(ChatEvent.Finish finish) {
    Set<Correction> corrections = EnumSet.of(Correction.REPAIRED_TOOL_CALLS);
    corrections.addAll(finish.corrections());
    return new ChatEvent.Finish(FinishReason.TOOL_CALLS, corrections);
  }

  private void giveUp() {
    undecided = false;
    if (!held.isEmpty()) {
      ready.add(new ChatEvent.Text(held.toString()));
      held.setLength(0);
    }
  }
}
