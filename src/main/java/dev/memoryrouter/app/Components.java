package dev.memoryrouter.app;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.chat.MemoryFinder;
import dev.memoryrouter.chat.OwnLoads;
import dev.memoryrouter.chat.Recording;
import dev.memoryrouter.chat.ReloadingConfiguration;
import dev.memoryrouter.chat.Setup;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.chat.StickyRoute;
import dev.memoryrouter.chat.TurnRules;
import dev.memoryrouter.chat.Turns;
import dev.memoryrouter.cli.Workbench;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.ConversationMemory.Known;
import dev.memoryrouter.embedding.CachingEmbedder;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.files.DurableMap;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.prompt.PromptMemory;
import dev.memoryrouter.retrieval.BackgroundIndexing;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.routing.ExampleVectors;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.StoreSettings;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.store.qdrant.QdrantVectorStore;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import dev.memoryrouter.upstream.Circuits;
import dev.memoryrouter.upstream.ModelClient;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import dev.memoryrouter.upstream.openai.OpenAiClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/// All parts and how they hang together, for the server and for commands. Each part is made when it
/// is first asked for.
final class Components implements Workbench, AutoCloseable {
  private static final long QUERY_CACHE_BYTES = 8L << 20;
  private static final long ROUTES_BYTES = 32L << 20;
  private static final long EXAMPLES_BYTES = 64L << 20; // some 7,000 examples

  /// A route found by keywords alone costs a wrong model's load; learning takes about a second, of
  /// which no more than this is waited for.
  private static final Duration LEARNING = Duration.ofSeconds(3);

  private static final String CONFIG_DIR = "ROUTER_CONFIG_DIR";
  private static final String STATE = "state";
  private static final String EXAMPLES = "examples.log";

  private final Path root;
  private final Environment environment;
  private final boolean server;
  private volatile boolean closed;
  private final InstantSource clock = InstantSource.system();

  private final Lazy<ReloadingConfiguration> configuration = new Lazy<>(this::makeConfiguration);
  private final Lazy<Configuration> fixedConfiguration = new Lazy<>(this::loadConfiguration);
  private final Lazy<EmbedderHandle> embedder = new Lazy<>(this::loadEmbedder);
  private final Lazy<Embedder> queryEmbedder =
      new Lazy<>(
          () -> new CachingEmbedder(new AwaitingEmbedder(this::embedder), QUERY_CACHE_BYTES));
  private final Lazy<VectorStore> writingStore = new Lazy<>(this::openStore);
  private final Lazy<VectorStore> readingStore = new Lazy<>(this::readStore);
  private final Lazy<BankReader> bankReader = new Lazy<>(BankReader::new);
  private final Lazy<Indexer> indexer = new Lazy<>(() -> indexer(writingStore.get()));
  private final Lazy<Retriever> retriever = new Lazy<>(() -> retriever(store()));
  private final Lazy<Setups> setups = new Lazy<>(this::makeSetups);
  private final Lazy<PromptCounter> counter =
      new Lazy<>(() -> new PromptCounter(new CountCache(), TokenCounters::of));
  private final Lazy<Admission> admission = new Lazy<>(this::makeAdmission);
  private final Lazy<Turns> turns = new Lazy<>(() -> new Turns(admission(), System::nanoTime));
  private final Lazy<Circuits> circuits = new Lazy<>(() -> new Circuits(clock));
  private final Lazy<DurableMap<Known<StickyRoute>>> routes = new Lazy<>(this::openRoutes);
  private final Lazy<DurableMap<float[]>> examples = new Lazy<>(this::openExamples);
  private final Lazy<PromptMemory> sent = new Lazy<>(this::openPromptMemory);
  private final Lazy<Recording> recording =
      new Lazy<>(() -> new Recording(storePath().resolve("recordings"), this.clock));
  private final Lazy<ChatPipeline> pipeline = new Lazy<>(this::makePipeline);
  private final Lazy<BackgroundIndexing> backgroundIndexing =
      new Lazy<>(() ->
          new BackgroundIndexing(indexer(), bankReader.get()::files, this::banksThatThereAre));

  /// @param root folder of the project
  /// @param server whether this process serves: it writes the index and follows the configuration
  Components(Path root, Environment environment, boolean server) {
    this.root = root;
    this.environment = environment;
    this.server = server;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Environment environment() {
    return environment;
  }

  @Override
  public Path configDir() {
    String folder = environment.apply(CONFIG_DIR);
    return root.resolve(folder == null || folder.isBlank() ? "config" : folder);
  }

  ReloadingConfiguration reloading() {
    return configuration.get();
  }

  @Override
  public Configuration configuration() {
    return server ? reloading().current() : fixedConfiguration.get();
  }

  @Override
  public EmbedderHandle embedder() {
    return embedder.get();
  }

  @Override
  public Indexer indexer() {
    return indexer.get();
  }

  @Override
  public Retriever retriever() {
    return retriever.get();
  }

  @Override
  public VectorStore newIndex(Path folder) {
    return LuceneVectorStore.open(folder, identity());
  }

  @Override
  public Setups setups() {
    return setups.get();
  }

  @Override
  public VectorStore index() {
    return readingStore.get();
  }

  PromptCounter counter() {
    return counter.get();
  }

  Admission admission() {
    return admission.get();
  }

  Turns turns() {
    return turns.get();
  }

  Circuits circuits() {
    return circuits.get();
  }

  VectorStore store() {
    return server ? writingStore.get() : readingStore.get();
  }

  /// Begins to keep the index up to date, unless this is closed.
  void startIndexing() {
    synchronized (backgroundIndexing) {
      if (!closed) {
        backgroundIndexing.get().start();
      }
    }
  }

  @Override
  public ChatPipeline pipeline() {
    return pipeline.get();
  }

  private ReloadingConfiguration makeConfiguration() {
    return new ReloadingConfiguration(new ConfigurationLoader(root), configDir(), environment);
  }

  @Override
  public Setup setup(Path folder) {
    Setups made = setups(new ConfigurationLoader(root).load(folder, environment));
    made.prepare();
    return made.get();
  }

  private Configuration loadConfiguration() {
    return new ConfigurationLoader(root).load(configDir(), environment);
  }

  private EmbedderHandle loadEmbedder() {
    if (closed) {
      throw new IllegalStateException("shutting down");
    }
    return EmbedderHandle.load(MiniLmEmbedder::load);
  }

  private VectorStore openStore() {
    return store(false);
  }

  private VectorStore readStore() {
    return store(true);
  }

  private Path storePath() {
    return configuration().server().store().path();
  }

  private VectorStore store(boolean readOnly) {
    StoreSettings settings = configuration().server().store();
    IndexIdentity identity = identity();
    return switch (settings.type()) {
      case LUCENE ->
          readOnly
              ? LuceneVectorStore.readOnly(settings.path(), identity)
              : LuceneVectorStore.open(settings.path(), identity);
      case QDRANT -> qdrant(settings.qdrant(), identity, readOnly);
    };
  }

  private static VectorStore qdrant(
      QdrantSettings settings, IndexIdentity identity, boolean readOnly) {
    try {
      return readOnly
          ? QdrantVectorStore.readOnly(settings, identity)
          : QdrantVectorStore.open(settings, identity);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "store.qdrant: the certificate cannot be read: " + e.getMessage(), e);
    }
  }

  private DurableMap<Known<StickyRoute>> openRoutes() {
    var codec = Known.codec(StickyRoute.CODEC);
    return server
        ? DurableMap.open(stateFolder().resolve("routes.log"), ROUTES_BYTES, codec)
        : DurableMap.inMemory(ROUTES_BYTES, codec);
  }

  private DurableMap<float[]> openExamples() {
    return DurableMap.open(stateFolder().resolve(EXAMPLES), EXAMPLES_BYTES, ExampleVectors.CODEC);
  }

  /// A command uses what a server left, and leaves the file alone.
  private static DurableMap<float[]> readExamples(Path store) {
    return DurableMap.readOnly(
        store.resolve(STATE).resolve(EXAMPLES), EXAMPLES_BYTES, ExampleVectors.CODEC);
  }

  private PromptMemory openPromptMemory() {
    return server ? PromptMemory.open(stateFolder()) : PromptMemory.inMemory();
  }

  private Path stateFolder() {
    return storePath().resolve(STATE);
  }

  private static IndexIdentity identity() {
    return new IndexIdentity(MiniLmEmbedder.MODEL, MiniLmEmbedder.DIMENSION, Chunker.VERSION);
  }

  @Override
  public Indexer indexer(VectorStore store) {
    Chunker chunker = new Chunker(WordPieces.miniLm(), MiniLmEmbedder.WINDOW);
    return new Indexer(bankReader.get()::read, chunker::chunks, embedder(), store, clock);
  }

  @Override
  public Retriever retriever(VectorStore store) {
    return new Retriever(
        store, this::readyEmbedder, TokenCounters.of("qwen"), bankReader.get()::read);
  }

  /// A request does not wait for the model to load; a command has nothing better to do.
  private Optional<Embedder> readyEmbedder() {
    return server
        ? embedder().ready().map(_ -> queryEmbedder.get())
        : Optional.of(queryEmbedder.get());
  }

  private Setups makeSetups() {
    return setups(configuration());
  }

  private Setups setups(Configuration first) {
    Lazy<DurableMap<float[]>> known =
        server ? examples : new Lazy<>(() -> readExamples(first.server().store().path()));
    return new Setups(
        first,
        new ExampleVectors(queryEmbedder.get(), known),
        server ? LEARNING : Duration.ZERO,
        Components::client,
        clock,
        circuits());
  }

  private List<Bank> banksThatThereAre() {
    setups().lookForBanks();
    return setups().get().banks().all();
  }

  private static ModelClient client(UpstreamSettings settings, Set<String> names) {
    return switch (settings.type()) {
      case OLLAMA -> new OllamaClient(settings, names);
      case OPENAI -> new OpenAiClient(settings);
    };
  }

  private Admission makeAdmission() {
    return new Admission(TurnRules.of(configuration()), new OwnLoads(setups()), System::nanoTime);
  }

  private ChatPipeline makePipeline() {
    PromptFitter fitter = new PromptFitter(counter(), sent.get());
    return new ChatPipeline(
        new ConversationMemory<>(routes.get()),
        setups(),
        this::configProblem,
        counter(),
        fitter,
        new MemoryFinder(retriever(), fitter, TokenCounters.of("qwen")),
        turns(),
        recording.get());
  }

  /// Commands read the configuration once and fail when it is not valid.
  private Optional<String> configProblem() {
    return server ? reloading().problem() : Optional.empty();
  }

  @Override
  public void close() {
    // The process would crash if native code were loaded while it ends.
    synchronized (backgroundIndexing) {
      closed = true;
    }
    backgroundIndexing.ifMade().ifPresent(BackgroundIndexing::close);
    configuration.ifMade().ifPresent(ReloadingConfiguration::close);
    admission.ifMade().ifPresent(Admission::close);
    writingStore.ifMade().ifPresent(Components::close);
    readingStore.ifMade().ifPresent(Components::close);
    embedder.ifMade().ifPresent(EmbedderHandle::close);
    routes.ifMade().ifPresent(DurableMap::close);
    examples.ifMade().ifPresent(DurableMap::close);
    recording.ifMade().ifPresent(Recording::close);
    sent.ifMade().ifPresent(PromptMemory::close);
  }

  private static void close(VectorStore store) {
    try {
      store.close();
    } catch (IOException e) {
      // Made here, because most commands log nothing and starting the logging takes time.
      LoggerFactory.getLogger(Components.class)
          .warn("the index did not close cleanly: {}", e.getMessage());
    }
  }
}
