package dev.memoryrouter.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 calls to one upstream. Sends no header of a client (`Authorization`, `Origin`, cookies)
/// and follows no redirect. An interrupted caller closes its connection. Thread-safe.
public final class HttpCalls {
  /// A pooled connection that the server had closed already fails at once; what takes longer was a
  /// request in work, which must not run twice.
  private static final Duration STALE_CONNECTION = Duration.ofSeconds(1);

  private static final Duration ERROR_BODY = Duration.ofSeconds(5);
  private static final int ERROR_SIZE = 64 << 10;
  private static final int DOCUMENT_SIZE = 64 << 20;

  private final UpstreamSettings settings;
  private final boolean closeEach;
  private final HttpClient client;
  private volatile boolean pooled;

  /// Calls to this upstream.
  ///
  /// @param closeEach asks the server to close each connection after its answer: llama-server does
  ///   so without saying it, and a pooled connection would fail
  public HttpCalls(UpstreamSettings settings, boolean closeEach) {
    this.settings = settings;
    this.closeEach = closeEach && mayClose();
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /// A complete response.
  public record Reply(int status, String body) {}

  /// One answer to be asked for.
  ///
  /// @param path below the base URL
  /// @param idle longest silence within the answer
  /// @param model for messages
  /// @param runOnLimit most identical or blank tokens in a row; null for any number
  public record Question(
      String path, String json, Duration idle, String model, @Nullable Integer runOnLimit) {}

  /// Sends a chat request and waits for the response headers.
  public ChatStream chat(Question question, AnswerLines format) throws InterruptedException {
    var errors = new ErrorReader(settings, question.model());
    long started = System.nanoTime();
    try {
      HttpResponse<BodyPieces> response = sendTwiceIfStale(request(question), started);
      String type = response.headers().firstValue("Content-Type").orElse("");
      if (response.statusCode() != 200) {
        return ChatStream.failed(refusal(errors, response));
      }
      if (type.startsWith("text/html")) {
        response.body().close();
        return ChatStream.failed(errors.notAnAnswer(type));
      }
      var limits = new AnswerStream.Limits(started, settings.firstByteTimeout(), question.idle());
      var events = new AnswerEvents(errors.who(), question.runOnLimit());
      return new AnswerStream(response.body(), format, events, limits);
    } catch (TimeoutException _) {
      return ChatStream.failed(
          new UpstreamFailure.TimedOut(
              "%s sent nothing for %s (first-byte-timeout)."
                  .formatted(errors.who(), seconds(settings.firstByteTimeout()))));
    } catch (IOException e) {
      return ChatStream.failed(failure(e, errors.who()));
    }
  }

  /// Asks for a small document.
  ///
  /// @param json null for a GET
  /// @throws IOException when there is no complete response in time
  public Reply fetch(URI uri, @Nullable String json, Duration limit)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = builder(uri);
    if (json != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(json));
    }
    long started = System.nanoTime();
    var bytes = new ByteArrayOutputStream();
    try {
      HttpResponse<BodyPieces> response = send(request.build(), limit);
      readAll(response.body(), bytes, limit.minusNanos(System.nanoTime() - started), DOCUMENT_SIZE);
      return new Reply(response.statusCode(), bytes.toString(UTF_8));
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toMillis() + " ms", e);
    }
  }

  /// Why a call without any response failed, for a person.
  public String problem(IOException e) {
    String where = "upstream '" + settings.name() + "' at " + settings.baseUrl();
    if (e instanceof HttpConnectTimeoutException) {
      return where
          + " did not accept a connection within "
          + settings.connectTimeout().toMillis()
          + " ms.";
    }
    if (e instanceof ConnectException) {
      return where + " cannot be reached: start it, or set its base-url.";
    }
    String detail = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return where + " failed: " + detail + ".";
  }

  /// Whether a call failed because there was no connection, so that nothing of it arrived.
  public static boolean isWithoutConnection(IOException e) {
    return e instanceof ConnectException
        || e instanceof HttpConnectTimeoutException
        || e instanceof SSLException;
  }

  /// A time limit for a message, such as `0.5 s`.
  public static String seconds(Duration limit) {
    return BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  /// The address of a path below the base URL.
  public URI uri(String path) {
    return URI.create(settings.baseUrl() + path);
  }

  private HttpRequest request(Question question) {
    return builder(uri(question.path()))
        .POST(HttpRequest.BodyPublishers.ofString(question.json()))
        .build();
  }

  private HttpRequest.Builder builder(URI uri) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
    if (closeEach) {
      request.header("Connection", "close");
    }
    if (settings.apiKey() != null) {
      request.header("Authorization", "Bearer " + settings.apiKey());
    }
    return request;
  }

  private HttpResponse<BodyPieces> sendTwiceIfStale(HttpRequest request, long started)
      throws IOException, InterruptedException, TimeoutException {
    boolean mayBeStale = pooled;
    try {
      return send(request, firstByteLeft(started));
    } catch (IOException e) {
      boolean atOnce = System.nanoTime() - started < STALE_CONNECTION.toNanos();
      if (mayBeStale && atOnce && !isWithoutConnection(e)) {
        return send(request, firstByteLeft(started));
      }
      throw e;
    }
  }

  private Duration firstByteLeft(long started) {
    return settings.firstByteTimeout().minusNanos(System.nanoTime() - started);
  }

  private HttpResponse<BodyPieces> send(HttpRequest request, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    return await(
        client.sendAsync(request, head -> new BodyPieces(() -> returned(head.headers()))), limit);
  }

  /// A body came to its end: its connection is in the pool now, unless the server closes it.
  private void returned(HttpHeaders headers) {
    pooled = !headers.firstValue("Connection").orElse("").equalsIgnoreCase("close");
  }

  /// Waits for a response; whoever stops waiting cancels the call, which closes its connection.
  static HttpResponse<BodyPieces> await(
      CompletableFuture<HttpResponse<BodyPieces>> call, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    try {
      return call.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      call.cancel(true);
      // A response that came just before that belongs to nobody.
      var _ = call.thenAccept(late -> late.body().close());
      throw e;
    }
  }

  private static UpstreamFailure refusal(ErrorReader errors, HttpResponse<BodyPieces> response)
      throws InterruptedException {
    return errors.read(
        response.statusCode(), errorText(response.body()), retryAfter(response.headers()));
  }

  /// Seconds; the other form, a date, is not sent by model servers.
  private static @Nullable Duration retryAfter(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(null);
  }

  /// What an error says; if it is long or comes slowly, its beginning explains the status well
  /// enough.
  private static String errorText(BodyPieces body) throws InterruptedException {
    var bytes = new ByteArrayOutputStream();
    try {
      readAll(body, bytes, ERROR_BODY, ERROR_SIZE);
    } catch (TimeoutException | IOException _) {
      // What has come so far is used.
    }
    return bytes.toString(UTF_8).strip();
  }

  /// Reads a body to its end and closes it.
  ///
  /// @param limit for all of it
  /// @throws IOException also when it is longer than `most`
  static void readAll(BodyPieces body, ByteArrayOutputStream bytes, Duration limit, int most)
      throws InterruptedException, TimeoutException, IOException {
    long started = System.nanoTime();
    try (body) {
      byte @Nullable [] piece = body.next(limit);
      while (piece != null) {
        int fitting = Math.min(piece.length, most - bytes.size());
        bytes.write(piece, 0, fitting);
        if (fitting < piece.length) {
          throw new IOException("an answer of more than " + most + " bytes");
        }
        Duration left = limit.minusNanos(System.nanoTime() - started);
        if (!left.isPositive()) {
          throw new TimeoutException();
        }
        piece = body.next(left);
      }
    }
  }

  private UpstreamFailure failure(IOException e, String who) {
    if (isWithoutConnection(e)) {
      return new UpstreamFailure.Unreachable(problem(e));
    }
    return new UpstreamFailure.Broken(
        who
            + " closed the connection before it answered: it may have been stopped or have failed.");
  }

  /// Whether the JVM was started with `-Djdk.httpclient.allowRestrictedHeaders=connection`. Without
  /// it pooled connections are used, and those that fail are opened again.
  private static boolean mayClose() {
    try {
      HttpRequest.newBuilder().header("Connection", "close");
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
