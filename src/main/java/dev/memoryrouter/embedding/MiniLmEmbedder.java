package dev.memoryrouter.embedding;

import ai.onnxruntime.OrtException;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// all-MiniLM-L6-v2 (int8), run by ONNX Runtime in this process. The network and its vocabulary
/// come from the langchain4j jars; the tokenizer is [WordPieces], because the native one that these
/// jars ask for cuts at 128 pieces without a word, has no library for Intel Macs and reports its
/// start to a remote host. It is not shipped.
///
/// Work runs on one daemon thread per core, so that callers may be virtual threads. Short lists,
/// such as a query, overtake the windows of long ones. Load once and share.
public final class MiniLmEmbedder implements Embedder, AutoCloseable {
  public static final String MODEL = "all-minilm-l6-v2-q";
  public static final int DIMENSION = 384;

  /// Word pieces per window, [CLS] and [SEP] included.
  public static final int WINDOW = 128;

  /// Pieces that a window repeats from the one before.
  private static final int OVERLAP = 16;

  /// Lists up to this length go before longer ones.
  private static final int SHORT_LIST = 4;

  private final WordPieces tokenizer;
  private final MiniLmSession session;
  private final ThreadPoolExecutor threads;
  private final AtomicLong sequence = new AtomicLong();
  private final int cls;
  private final int sep;

  private MiniLmEmbedder(WordPieces tokenizer, MiniLmSession session, int cores) {
    this.tokenizer = tokenizer;
    this.session = session;
    this.cls = tokenizer.id("[CLS]");
    this.sep = tokenizer.id("[SEP]");
    this.threads =
        new ThreadPoolExecutor(
            cores,
            cores,
            30,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("embed-", 0).factory(),
            // After the end: whoever waits hears the same as one who waited already.
            (task, _) -> ((Window) task).cancel(false));
    threads.allowCoreThreadTimeOut(true);
  }

  /// Loads the network; takes some 100 ms.
  ///
  /// @throws EmbeddingException if the network or the native library cannot be loaded
  public static MiniLmEmbedder load() {
    WordPieces tokenizer = WordPieces.miniLm();
    try (InputStream network = resource("all-minilm-l6-v2-q.onnx")) {
      tokenizer.load();
      return new MiniLmEmbedder(
          tokenizer, MiniLmSession.open(network), Runtime.getRuntime().availableProcessors());
    } catch (IOException | UncheckedIOException | OrtException | LinkageError e) {
      throw new EmbeddingException("cannot load the embedding model " + MODEL + ": " + e, e);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream stream = MiniLmEmbedder.class.getClassLoader().getResourceAsStream(name);
    if (stream == null) {
      throw new IOException(name + " is missing from the class path; the installation is damaged");
    }
    return stream;
  }

  @Override
  public String model() {
    return MODEL;
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  /// Word pieces of a text, [CLS] and [SEP] included.
  public int pieces(String text) {
    return tokenizer.count(text) + WordPieces.SPECIALS;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    int priority = texts.size() <= SHORT_LIST ? 0 : 1;
    List<List<Window>> submitted = new ArrayList<>(texts.size());
    try {
      for (String text : texts) {
        submitted.add(submit(tokenizer.ids(text), priority));
      }
      List<float[]> vectors = new ArrayList<>(texts.size());
      for (List<Window> windows : submitted) {
        vectors.add(pool(windows));
      }
      return vectors;
    } finally {
      submitted.forEach(windows -> windows.forEach(window -> window.cancel(false)));
    }
  }

  private List<Window> submit(int[] ids, int priority) {
    List<Window> windows = new ArrayList<>();
    int room = WINDOW - WordPieces.SPECIALS;
    int start = 0;
    int end;
    do {
      end = Math.min(ids.length, start + room);
      Window window =
          new Window(session, framed(ids, start, end), priority, sequence.getAndIncrement());
      windows.add(window);
      threads.execute(window);
      start = end - OVERLAP;
    } while (end < ids.length);
    return windows;
  }

  private long[] framed(int[] ids, int start, int end) {
    long[] framed = new long[end - start + 2];
    framed[0] = cls;
    for (int i = start; i < end; i++) {
      framed[i - start + 1] = ids[i];
    }
    framed[framed.length - 1] = sep;
    return framed;
  }

  private static float[] pool(List<Window> windows) {
    float[] sum = new float[DIMENSION];
    for (Window window : windows) {
      Vectors.add(sum, await(window), Math.max(1, window.pieces));
    }
    return Vectors.unit(sum);
  }

  private static float[] await(Window window) {
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException(); // a window that is done would not say so
      }
      return window.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddingException("embedding was interrupted", e);
    } catch (CancellationException e) {
      throw new EmbeddingException("the embedding model was closed", e);
    } catch (ExecutionException e) {
      throw new EmbeddingException("embedding failed: " + e.getCause(), e);
    }
  }

  /// Lets running windows end and frees the network.
  @Override
  public void close() {
    threads.shutdownNow().forEach(task -> ((Window) task).cancel(false));
    boolean interrupted = false;
    try {
      if (threads.awaitTermination(5, TimeUnit.SECONDS)) {
        session.close();
      }
    } catch (InterruptedException _) {
      interrupted = true;
    } catch (OrtException e) {
      throw new EmbeddingException("cannot free the embedding model: " + e, e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// One run of the network, ordered by priority, then by arrival.
  private static final class Window extends FutureTask<float[]> implements Comparable<Window> {
    private final int pieces;
    private final int priority;
    private final long sequence;

    Window(MiniLmSession session, long[] ids, int priority, long sequence) {
      super(() -> session.vector(ids));
      this.pieces = ids.length - 2;
      this.priority = priority;
      this.sequence = sequence;
    }

    @Override
    public int compareTo(Window other) {
      int byPriority = Integer.compare(priority, other.priority);
      return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
    }
  }
}
