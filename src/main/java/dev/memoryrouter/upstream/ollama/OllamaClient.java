package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.HttpCalls;
import dev.memoryrouter.upstream.ModelClient;
import dev.memoryrouter.upstream.TextToolRepair;
import dev.memoryrouter.upstream.ToolTerms;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Talks to one Ollama through its native API: its OpenAI surface cannot set a context, hides
/// errors in the stream and cuts prompts silently. Thread-safe.
public final class OllamaClient implements ModelClient {
  private static final Logger LOG = LoggerFactory.getLogger(OllamaClient.class);

  private final UpstreamSettings settings;
  private final HttpCalls http;
  private final OllamaInventory inventory;
  private final OllamaLoad load;
  private volatile UpstreamSnapshot latest = UpstreamSnapshot.unreachable("not asked yet");

  /// A client of this Ollama.
  ///
  /// @param names models whose facts are wanted; only those that the upstream has are asked for
  public OllamaClient(UpstreamSettings settings, Set<String> names) {
    this.settings = settings;
    this.http = new HttpCalls(settings, false);
    this.inventory = new OllamaInventory(http, settings, names);
    this.load = new OllamaLoad(http, settings);
  }

  @Override
  public ChatStream chat(UpstreamCall call) throws InterruptedException {
    Optional<String> obstacle = OllamaMessages.obstacle(call.request().messages());
    if (obstacle.isPresent()) {
      return ChatStream.failed(new UpstreamFailure.Rejected(obstacle.get(), 400));
    }
    String json = OllamaRequest.of(call, canThink(call)).toString();
    var question =
        new HttpCalls.Question(
            "/api/chat", json, idle(call), call.upstreamModel(), call.model().runOnLimit());
    ChatStream answer = http.chat(question, new OllamaLines(settings, call));
    return ToolTerms.of(TextToolRepair.of(answer, call), call);
  }

  @Override
  public Optional<UpstreamFailure> load(UpstreamCall call) throws InterruptedException {
    return load.load(call);
  }

  @Override
  public void unload(UpstreamCall call) throws InterruptedException {
    load.unload(call);
  }

  @Override
  public UpstreamSnapshot inspect() throws InterruptedException {
    UpstreamSnapshot snapshot = inventory.take();
    // What a model can do is remembered over a failed question: the same call stays the same bytes.
    if (snapshot.reachable()) {
      warnOfCuts(latest.version(), snapshot.version());
      latest = snapshot;
    }
    return snapshot;
  }

  private void warnOfCuts(@Nullable String before, @Nullable String version) {
    if (version != null && !version.equals(before) && OllamaVersion.cutsPrompts(version)) {
      LOG.warn(
          "Upstream {}: Ollama {} cuts long prompts without a word; update it to 0.12.4 or later",
          settings.name(),
          version);
    }
  }

  /// Ollama holds a tool call back until it is complete, so that a long one is a long silence.
  private Duration idle(UpstreamCall call) {
    boolean calls = !call.request().tools().isEmpty();
    boolean longer = settings.firstByteTimeout().compareTo(settings.idleTimeout()) > 0;
    return calls && longer ? settings.firstByteTimeout() : settings.idleTimeout();
  }

  /// Whether the model can reason; null when nobody says. Ollama knows best: it refuses what it
  /// does not know of a model.
  private @Nullable Boolean canThink(UpstreamCall call) {
    Set<Capability> known =
        latest
            .find(call.upstreamModel())
            .map(UpstreamSnapshot.Model::capabilities)
            .orElse(call.model().capabilities());
    return known == null ? null : known.contains(Capability.THINKING);
  }
}
