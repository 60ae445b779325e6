package dev.memoryrouter.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

class ByteStreamTest {
  private final AtomicInteger left = new AtomicInteger();
  private final ByteStream stream = new ByteStream(left::incrementAndGet);
  private final Reader reader = new Reader();

  @Test
  void write_beforeSubscription_isKept() throws InterruptedException {
    stream.write("a".getBytes(UTF_8));
    stream.complete();
    stream.subscribe(reader);
    reader.subscription().request(10);

    assertThat(reader.pieces).containsExactly("a");
    reader.subscription().request(1);
    assertThat(reader.completions.get()).isEqualTo(1);
  }

  @Test
  void write_withoutDemand_waits() throws InterruptedException {
    stream.subscribe(reader);
    stream.write("a".getBytes(UTF_8));
    assertThat(reader.pieces).isEmpty();

    reader.subscription().request(1);
    assertThat(reader.pieces).containsExactly("a");
    assertThat(reader.completions.get()).isZero();
  }

  @Test
  void write_slowReader_blocksAndLosesNothing() throws InterruptedException {
    int pieces = 1_000;
    CountDownLatch written = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            for (int i = 0; i < pieces; i++) {
              stream.write(Integer.toString(i).getBytes(UTF_8));
            }
            stream.complete();
            written.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    stream.subscribe(reader);
    for (int i = 0; i < pieces; i++) {
      reader.subscription().request(1);
    }

    assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.pieces)
        .containsExactlyElementsOf(IntStream.range(0, pieces).mapToObj(Integer::toString).toList());
    assertThat(reader.completions.get()).isEqualTo(1);
    assertThat(left.get()).isZero();
  }

  @Test
  void cancel_tellsTheWriterOnce() throws InterruptedException {
    stream.subscribe(reader);
    reader.subscription().cancel();
    reader.subscription().cancel();

    assertThat(stream.write("a".getBytes(UTF_8))).isFalse();
    stream.complete();
    assertThat(left.get()).isEqualTo(1);
    assertThat(reader.pieces).isEmpty();
    assertThat(reader.completions.get()).isZero();
  }

  @Test
  void cancel_wakesABlockedWriter() throws InterruptedException {
    stream.subscribe(reader);
    CountDownLatch ended = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (stream.write("a".getBytes(UTF_8))) {}
            ended.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    reader.subscription().cancel();

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void cancel_afterTheEnd_isNoLeaving() throws InterruptedException {
    stream.subscribe(reader);
    reader.subscription().request(10);
    stream.write("a".getBytes(UTF_8));
    stream.complete();
    reader.subscription().cancel();

    assertThat(left.get()).isZero();
  }

  private static final class Reader implements Subscriber<byte[]> {
    final List<String> pieces = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger completions = new AtomicInteger();
    final CountDownLatch completed = new CountDownLatch(1);
    private @Nullable Subscription subscription;

    Subscription subscription() {
      Subscription known = subscription;
      assertThat(known).isNotNull();
      return java.util.Objects.requireNonNull(known);
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      subscription = newSubscription;
    }

    @Override
    public void onNext(byte[] bytes) {
      pieces.add(new String(bytes, UTF_8));
    }

    @Override
    public void onError(Throwable error) {
      throw new AssertionError(error);
    }

    @Override
    public void onComplete() {
      completions.incrementAndGet();
      completed.countDown();
    }
  }
}
