package dev.memoryrouter.store.qdrant;

import com.google.protobuf.Message;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A stand-in for a Qdrant server: the calls that the store makes, over a real socket, with the
/// answers and the failures of the real one, and with faults on request.
public final class FakeQdrant implements AutoCloseable {
  private static final Metadata.Key<String> API_KEY =
      Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER);

  final Map<String, FakeCollection> collections = new HashMap<>();
  final Map<String, String> aliases = new HashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final ServerCredentials credentials;
  private final String scheme;
  private final String key;
  private final int port;
  private Server server;
  private int writesLeft = Integer.MAX_VALUE;
  private boolean lastWriteIsDone;
  private volatile String paused = "";
  private volatile CountDownLatch pause = new CountDownLatch(0);

  private FakeQdrant(ServerCredentials credentials, String scheme, String key) {
    this.credentials = credentials;
    this.scheme = scheme;
    this.key = key;
    this.port = freePort();
    listen();
  }

  /// A server without a key.
  public static FakeQdrant start() {
    return new FakeQdrant(InsecureServerCredentials.create(), "http", "");
  }

  static FakeQdrant startWithKey(String key) {
    return new FakeQdrant(InsecureServerCredentials.create(), "http", key);
  }

  static FakeQdrant startWithTls(ServerCredentials credentials) {
    return new FakeQdrant(credentials, "https", "");
  }

  public URI url() {
    return URI.create(scheme + "://localhost:" + port);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    try {
      server =
          Grpc.newServerBuilderForPort(port, credentials)
              .intercept(keys())
              .addService(new FakePoints(this))
              .addService(new FakeCollections(this))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerInterceptor keys() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String sent = headers.get(API_KEY);
        if (key.isEmpty() || key.equals(sent)) {
          return next.startCall(call, headers);
        }
        String reason =
            sent == null
                ? "Must provide an API key or an Authorization bearer token"
                : "Invalid API key or JWT";
        call.close(Status.UNAUTHENTICATED.withDescription(reason), new Metadata());
        return new ServerCall.Listener<>() {};
      }
    };
  }

  /// Ends at once; what was acknowledged stays.
  public void kill() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Comes back with what was there.
  public void restart() {
    kill();
    listen();
    writesLeft = Integer.MAX_VALUE;
  }

  /// Comes back with nothing.
  public synchronized void restartEmpty() {
    collections.clear();
    aliases.clear();
    restart();
  }

  /// Takes calls and does not answer.
  public void pause() {
    pause("");
  }

  /// Takes calls of this name and does not answer; of all names if it is empty.
  void pause(String call) {
    paused = call;
    pause = new CountDownLatch(1);
  }

  public void resume() {
    pause.countDown();
  }

  /// After so many writes all calls fail until a restart.
  ///
  /// @param done whether the last one, which is not acknowledged, is done all the same
  public synchronized void dieAfter(int writes, boolean done) {
    writesLeft = writes;
    lastWriteIsDone = done;
  }

  /// Names of all calls so far.
  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /// The collection behind a name or an alias.
  FakeCollection collection(String name) {
    FakeCollection found = collections.get(aliases.getOrDefault(name, name));
    if (found == null) {
      throw FakeCollection.failure(
          Status.NOT_FOUND, "Not found: Collection `" + name + "` doesn't exist!");
    }
    return found;
  }

  <A extends Message> void read(String call, StreamObserver<A> answer, Supplier<A> work) {
    answer(call, false, answer, work);
  }

  <A extends Message> void write(String call, StreamObserver<A> answer, Supplier<A> work) {
    answer(call, true, answer, work);
  }

  private <A extends Message> void answer(
      String call, boolean write, StreamObserver<A> answer, Supplier<A> work) {
    try {
      if (paused.isEmpty() || paused.equals(call)) {
        pause.await();
      }
      A message = done(call, write, work);
      answer.onNext(message);
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    } catch (InterruptedException _) {
      answer.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  private synchronized <A extends Message> A done(String call, boolean write, Supplier<A> work) {
    calls.add(call);
    boolean dying = writesLeft <= 0;
    if (dying && !(write && lastWriteIsDone)) {
      throw FakeCollection.failure(Status.UNAVAILABLE, "killed");
    }
    A message = work.get();
    if (dying) {
      lastWriteIsDone = false;
      throw FakeCollection.failure(Status.UNAVAILABLE, "killed");
    }
    writesLeft -= write ? 1 : 0;
    return message;
  }

  @Override
  public void close() {
    resume();
    kill();
  }
}
