package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.HttpCalls;
import dev.memoryrouter.upstream.ModelClient;
import dev.memoryrouter.upstream.TextToolRepair;
import dev.memoryrouter.upstream.ToolTerms;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.UpstreamSnapshot;

/// Talks to one OpenAI-compatible server: llama-server, vLLM, LM Studio and others. Each call has a
/// connection of its own. Thread-safe.
public final class OpenAiClient implements ModelClient {
  private final UpstreamSettings settings;
  private final HttpCalls http;
  private final OpenAiInventory inventory;

  public OpenAiClient(UpstreamSettings settings) {
    this.settings = settings;
    this.http = new HttpCalls(settings, true);
    this.inventory = new OpenAiInventory(http, settings);
  }

  @Override
  public ChatStream chat(UpstreamCall call) throws InterruptedException {
    var question =
        new HttpCalls.Question(
            "/chat/completions",
            OpenAiRequest.of(call).toString(),
            settings.idleTimeout(),
            call.upstreamModel(),
            call.model().runOnLimit());
    ChatStream answer = http.chat(question, new OpenAiLines(settings, call));
    return ToolTerms.of(TextToolRepair.of(answer, call), call);
  }

  @Override
  public UpstreamSnapshot inspect() throws InterruptedException {
    return inventory.take();
  }
}
