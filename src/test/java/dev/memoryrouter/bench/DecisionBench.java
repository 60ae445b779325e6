package dev.memoryrouter.bench;

import dev.memoryrouter.admission.ModelSlots;
import dev.memoryrouter.api.ChatRequestReader;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.chat.MemoryFinder;
import dev.memoryrouter.chat.Planned;
import dev.memoryrouter.chat.Recording;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.chat.StickyRoute;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.embedding.CachingEmbedder;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.files.DurableMap;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.prompt.PromptMemory;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.routing.ExampleVectors;
import dev.memoryrouter.store.InMemoryVectorStore;
import dev.memoryrouter.testing.AgentConversations.Step;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.Circuits;
import dev.memoryrouter.upstream.ModelClient;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSnapshot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.node.ObjectNode;

/// Everything that is decided for one step of a tool loop in a Cline conversation of 100,000 tokens
/// that is known, its JSON included: what `ConversationBench.readJson` takes is to be taken off.
/// Each time the messages are new objects, as they are for a real request.
@State(Scope.Benchmark)
public class DecisionBench {
  private static final long BYTES = 32L << 20;

  private final MiniLmEmbedder embedder = MiniLmEmbedder.load();
  private @Nullable ChatPipeline pipeline;
  private final Map<String, String> headers = LongPrompt.headers();
  private byte[] step = {};

  @org.openjdk.jmh.annotations.Setup
  public void prepare() {
    Configuration configuration =
        new ConfigurationLoader(Path.of("")).load(Path.of("config"), Environment.of(Map.of()));
    Setups setups =
        new Setups(
            configuration,
            ExampleVectors.inMemory(new CachingEmbedder(embedder, BYTES), BYTES),
            Duration.ZERO,
            (_, names) -> new Loaded(names),
            Instant::now,
            new Circuits(Instant::now));
    setups.prepare();
    ConversationMemory<StickyRoute> routes =
        new ConversationMemory<>(
            DurableMap.inMemory(BYTES, ConversationMemory.Known.codec(StickyRoute.CODEC)));
    PromptCounter counter = new PromptCounter(new CountCache(), TokenCounters::of);
    PromptFitter fitter = new PromptFitter(counter, PromptMemory.inMemory());
    Retriever retriever =
        new Retriever(
            new InMemoryVectorStore(),
            Optional::empty,
            TokenCounters.of("qwen"),
            new BankReader()::read);
    pipeline =
        new ChatPipeline(
            routes,
            setups,
            Optional::empty,
            counter,
            fitter,
            new MemoryFinder(retriever, fitter, TokenCounters.of("qwen")),
            new ModelSlots(),
            new Recording(Path.of("target/recordings"), Instant::now));
    ObjectNode before = LongPrompt.body(LongPrompt.TOKENS);
    routes.remember(
        new ConversationReader().read(ChatRequestReader.read(bytes(before)).request(), headers),
        new StickyRoute("llama4", "implementation", null));
    step = bytes(LongPrompt.next(before, "I go on.", new Step.ToolResult("int x = 1;\n")));
  }

  @TearDown
  public void close() {
    embedder.close();
  }

  @Benchmark
  public Planned toolLoopStep() {
    return Objects.requireNonNull(pipeline).plan(ChatRequestReader.read(step).request(), headers);
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// An upstream that has all models and never answers.
  private record Loaded(Set<String> names) implements ModelClient {
    @Override
    public ChatStream chat(UpstreamCall call) {
      return ChatStream.failed(new UpstreamFailure.Empty("not called"));
    }

    @Override
    public UpstreamSnapshot inspect() {
      Map<String, UpstreamSnapshot.Model> models = new HashMap<>();
      names.forEach(name ->
          models.put(
              name,
              new UpstreamSnapshot.Model(
                  name, 1_048_576, null, Set.of(Capability.values()), true, null, null, null)));
      return new UpstreamSnapshot(null, "1", models);
    }
  }
}
