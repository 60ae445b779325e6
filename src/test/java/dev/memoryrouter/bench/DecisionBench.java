package dev.memoryrouter.bench;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.api.ChatRequestReader;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.chat.MemoryFinder;
import dev.memoryrouter.chat.OwnLoads;
import dev.memoryrouter.chat.Planned;
import dev.memoryrouter.chat.Recording;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.chat.StickyRoute;
import dev.memoryrouter.chat.TurnRules;
import dev.memoryrouter.chat.Turns;
import dev.memoryrouter.conversation.ChatRequest;
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
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import tools.jackson.databind.node.ObjectNode;

/// Everything that is decided for a request of Cline once its JSON is read, without retrieval. Each
/// time the messages are new objects and the newest of them says something new, as for a real
/// request, so that no cache answers.
@State(Scope.Benchmark)
public class DecisionBench {
  private static final long BYTES = 32L << 20;
  private static final String MARK = "@@";
  private static final String SHORT = "Fix the retry of carrier " + MARK + ", it gives up early.";
  private static final String LONG =
      SHORT
          + " The carrier answers late, and what we wait for is not what its notes promise to us."
              .repeat(37);

  private final MiniLmEmbedder embedder = MiniLmEmbedder.load();
  private @Nullable ChatPipeline pipeline;
  private final Map<String, String> headers = LongPrompt.headers();
  private String shortFirst = "";
  private String longFirst = "";
  private String longTurn = "";
  private String shortTurn = "";
  private String step = "";
  private int requests;

  /// A request that was not seen before.
  @State(Scope.Thread)
  public static class Asked {
    private @Nullable ChatRequest request;

    @org.openjdk.jmh.annotations.Setup(Level.Invocation)
    public void read(DecisionBench bench, BenchmarkParams params) {
      request = bench.next(params.getBenchmark());
    }
  }

  private ChatRequest next(String benchmark) {
    String body =
        switch (benchmark.substring(benchmark.lastIndexOf('.') + 1)) {
          case "shortWordsFirst" -> shortFirst;
          case "longWordsFirst" -> longFirst;
          case "shortWordsIn100k" -> shortTurn;
          case "longWordsIn100k" -> longTurn;
          default -> step;
        };
    String number = Integer.toString(++requests);
    return ChatRequestReader.read(body.replace(MARK, number).getBytes(StandardCharsets.UTF_8))
        .request();
  }

  @org.openjdk.jmh.annotations.Setup
  public void prepare() {
    Configuration configuration =
        new ConfigurationLoader(Path.of(""))
            .load(Path.of("config"), Environment.of(Map.of("MEMORY_BANK_PATH", "target/no-bank")));
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
    Admission admission =
        new Admission(TurnRules.of(configuration), new OwnLoads(setups), System::nanoTime);
    pipeline =
        new ChatPipeline(
            routes,
            setups,
            Optional::empty,
            counter,
            fitter,
            new MemoryFinder(retriever, fitter, TokenCounters.of("qwen")),
            new Turns(admission, System::nanoTime),
            new Recording(Path.of("target/recordings"), Instant::now));
    ObjectNode before = LongPrompt.body(LongPrompt.TOKENS);
    routes.remember(
        new ConversationReader().read(ChatRequestReader.read(bytes(before)).request(), headers),
        new StickyRoute("llama4", "implementation", null));
    step = next(before, new Step.ToolResult("int x = " + MARK + ";\n"));
    shortTurn = next(before, new Step.Words(SHORT));
    longTurn = next(before, new Step.Words(LONG));
    shortFirst = LongPrompt.first(SHORT).toString();
    longFirst = LongPrompt.first(LONG).toString();
  }

  private static String next(ObjectNode before, Step newest) {
    return LongPrompt.next(before, "I go on.", newest).toString();
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  @TearDown
  public void close() {
    embedder.close();
  }

  @Benchmark
  public Planned shortWordsFirst(Asked asked) {
    return plan(asked);
  }

  @Benchmark
  public Planned longWordsFirst(Asked asked) {
    return plan(asked);
  }

  @Benchmark
  public Planned shortWordsIn100k(Asked asked) {
    return plan(asked);
  }

  @Benchmark
  public Planned longWordsIn100k(Asked asked) {
    return plan(asked);
  }

  @Benchmark
  public Planned toolLoopStepIn100k(Asked asked) {
    return plan(asked);
  }

  private Planned plan(Asked asked) {
    return Objects.requireNonNull(pipeline).plan(Objects.requireNonNull(asked.request), headers);
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
