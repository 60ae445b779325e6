package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.prompt.CountCalibration;
import dev.memoryrouter.prompt.CountCalibration.Counted;
import dev.memoryrouter.prompt.CountCalibration.Finding;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.ModelState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares what upstreams report about prompts with our counts. Learns how the two differ, and
/// raises the alarm when an upstream saw only a part of a prompt: the model's limit is corrected at
/// once, so that the next prompt fits or goes elsewhere. Thread-safe.
public final class PromptAudit {
  private static final Logger LOG = LoggerFactory.getLogger(PromptAudit.class);

  private final CountCalibration calibration = new CountCalibration();
  private final Map<String, Cut> cuts = new ConcurrentHashMap<>();
  private final PromptFitter fitter;
  private final LearntLimits learnt;
  private volatile Consumer<String> listener = _ -> {};

  /// A prompt of which an upstream saw only a part.
  ///
  /// @param counted tokens that we sent
  /// @param reported tokens that the upstream says it read
  /// @param numCtx context that our calls asked for; empty when the upstream allocates its own
  public record Cut(int counted, int reported, Optional<Integer> numCtx) {}

  PromptAudit(PromptFitter fitter, LearntLimits learnt) {
    this.fitter = fitter;
    this.learnt = learnt;
  }

  /// Tells of each cut prompt by the model's key.
  public void listen(Consumer<String> newListener) {
    listener = newListener;
  }

  /// Tokens to add to our counts for this model; see [CountCalibration#offset].
  public int offset(ModelState model, ChatRequest request) {
    return calibration.offset(CountCalibration.Key.of(model, request));
  }

  /// The offset of prompts without tools.
  public int offset(ModelState model) {
    String name = model.upstreamModel();
    return calibration.offset(new CountCalibration.Key(model.key(), name == null ? "" : name, 0));
  }

  /// The last cut prompt of a model; empty when there was none, or when the context that our calls
  /// ask for has changed since.
  public Optional<Cut> lastCut(ModelState model) {
    return Optional.ofNullable(cuts.get(model.slotKey()))
        .filter(cut -> cut.numCtx().equals(Optional.ofNullable(model.numCtx())));
  }

  /// The same answer, whose reported prompt length is looked at when it comes.
  ChatStream watch(ChatStream stream, ModelState model, FittedPrompt prompt) {
    return new ChatStream() {
      @Override
      public ChatEvent next() throws InterruptedException {
        ChatEvent event = stream.next();
        return event instanceof ChatEvent.Usage usage ? judged(usage, model, prompt) : event;
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  private ChatEvent.Usage judged(ChatEvent.Usage usage, ModelState model, FittedPrompt prompt) {
    // What an image costs depends on the model's projector: no report on it teaches anything.
    if (prompt.request().images() > 0) {
      return usage;
    }
    int counted = prompt.promptTokens() - prompt.offset();
    int certain = fitter.certainTokens(prompt, model.settings().tokenizer());
    Finding finding =
        calibration.observe(
            CountCalibration.Key.of(model, prompt.request()),
            new Counted(counted, certain),
            usage.promptTokens());
    return switch (finding) {
      case AS_COUNTED -> usage;
      case TRUNCATED -> {
        alarm(model, counted, usage.promptTokens());
        yield usage.ofCutPrompt();
      }
    };
  }

  private void alarm(ModelState model, int counted, int reported) {
    LOG.warn(
        "{} on {} read only {} of the {} tokens of a prompt; its limit is corrected to {}. Does its server run with a smaller context than num-ctx, or without truncate: false?",
        model.key(),
        model.settings().upstream(),
        reported,
        counted,
        reported);
    listener.accept(model.key());
    learnt.cut(model, reported);
    cuts.put(model.slotKey(), new Cut(counted, reported, Optional.ofNullable(model.numCtx())));
  }
}
