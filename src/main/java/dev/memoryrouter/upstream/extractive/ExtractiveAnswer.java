package dev.memoryrouter.upstream.extractive;

import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.FinishReason;
import java.util.ArrayList;
import java.util.List;

/// The built-in answer when no model is reachable: what the memory bank says about the question,
/// word for word and with its source, and how to get a model.
public final class ExtractiveAnswer {
  private static final String REMEDY = "ollama pull";

  private ExtractiveAnswer() {}

  /// The answer as a stream.
  ///
  /// @param passages what was found for the question, best first
  /// @param reason why no model answers, and what to start or pull, if known
  public static ChatStream answer(String question, List<Passage> passages, String reason) {
    List<Quotations.Quotation> quotations = new Quotations(question, passages).best();
    var events = new ArrayList<ChatEvent>();
    if (quotations.isEmpty()) {
      events.add(new ChatEvent.Text("Nothing in the memory bank answers this question.\n\n"));
    }
    for (Quotations.Quotation quotation : quotations) {
      events.add(
          new ChatEvent.Text(
              "**" + quotation.passage().citation() + "**\n\n" + quotation.text() + "\n\n"));
    }
    events.add(new ChatEvent.Text(notice(reason)));
    events.add(new ChatEvent.Finish(FinishReason.STOP));
    return ChatStream.of(events);
  }

  private static String notice(String reason) {
    String cause = reason.strip();
    while (cause.endsWith(".")) {
      cause = cause.substring(0, cause.length() - 1);
    }
    String why = "No language model was reachable" + (cause.isEmpty() ? "" : ": " + cause);
    return why
        + (cause.contains(REMEDY)
            ? "."
            : "; start Ollama and run `ollama pull <name>` with a model of config/models.yaml to"
                + " get a written answer.");
  }
}
