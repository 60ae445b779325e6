package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.QdrantSettings;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.CollectionsGrpc.CollectionsBlockingStub;
import io.qdrant.client.grpc.PointsGrpc;
import io.qdrant.client.grpc.PointsGrpc.PointsBlockingStub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Calls to one server, each with a deadline. What fails because the server is not there is tried
/// again with growing pauses within the deadline, which is safe because all writes are idempotent.
/// After a call that found no server others fail at once for a moment, so that requests are not
/// held up; the first call after that finds out whether it is back.
final class QdrantConnection implements AutoCloseable {
  /// For a batch of points, a page of a whole bank, or a new collection.
  private static final Duration BULK_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final int MOST_INBOUND = 256 << 20;

  private final QdrantSettings settings;
  private final ManagedChannel channel;
  private final PointsBlockingStub points;
  private final CollectionsBlockingStub collections;
  private volatile @Nullable Outage outage;

  private QdrantConnection(QdrantSettings settings, ManagedChannel channel) {
    this.settings = settings;
    this.channel = channel;
    this.points = PointsGrpc.newBlockingStub(channel);
    this.collections = CollectionsGrpc.newBlockingStub(channel);
  }

  /// A connection, which is only made when it is first used.
  ///
  /// @throws IOException if the certificate cannot be read
  static QdrantConnection open(QdrantSettings settings) throws IOException {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                settings.url().getHost(), settings.port(), credentials(settings))
            .defaultServiceConfig(retries())
            .enableRetry()
            .maxInboundMessageSize(MOST_INBOUND)
            .intercept(key(settings.apiKey()))
            .build();
    return new QdrantConnection(settings, channel);
  }

  private static ChannelCredentials credentials(QdrantSettings settings) throws IOException {
    if (!settings.tls()) {
      return InsecureChannelCredentials.create();
    }
    Path certificate = settings.certificate();
    return certificate == null
        ? TlsChannelCredentials.create()
        : TlsChannelCredentials.newBuilder().trustManager(certificate.toFile()).build();
  }

  private static ClientInterceptor key(@Nullable String key) {
    Metadata headers = new Metadata();
    if (key != null) {
      headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private static Map<String, ?> retries() {
    Map<String, ?> policy =
        Map.of(
            "maxAttempts",
            4.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "1s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    return Map.of(
        "methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", policy)));
  }

  /// When all calls of a search that begins now must have been answered.
  Deadline searchDeadline() {
    return Deadline.after(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  /// When one call of many points that begins now must have been answered.
  static Deadline bulkDeadline() {
    return Deadline.after(BULK_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
  }

  <T> T points(Deadline deadline, Function<PointsBlockingStub, T> call) throws IOException {
    return call(points, deadline, call);
  }

  <T> T collections(Function<CollectionsBlockingStub, T> call) throws IOException {
    return call(collections, bulkDeadline(), call);
  }

  private <S extends AbstractStub<S>, T> T call(S stub, Deadline deadline, Function<S, T> call)
      throws IOException {
    Outage known = outage;
    if (known != null) {
      if (System.nanoTime() - known.since < PAUSE.toNanos()) {
        throw known.failure;
      }
      channel.resetConnectBackoff();
    }
    try {
      T answer = call.apply(stub.withDeadline(deadline));
      outage = null;
      return answer;
    } catch (StatusRuntimeException e) {
      throw failed(QdrantFailure.of(e, settings));
    }
  }

  private QdrantFailure failed(QdrantFailure failure) {
    if (failure.isDown()) {
      outage = new Outage(failure, System.nanoTime());
    } else if (!failure.isCancelled()) {
      outage = null;
    }
    return failure;
  }

  /// Why the server cannot be asked, as far as it was tried.
  Optional<String> problem() {
    return Optional.ofNullable(outage).map(known -> String.valueOf(known.failure.getMessage()));
  }

  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException _) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private record Outage(QdrantFailure failure, long since) {}
}
