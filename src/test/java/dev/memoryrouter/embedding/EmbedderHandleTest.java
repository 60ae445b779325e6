package dev.memoryrouter.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EmbedderHandleTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @Test
  void await_loaderReturns_givesItsEmbedder() {
    Embedder embedder = new HashEmbedder();
    EmbedderHandle handle = EmbedderHandle.load(() -> embedder);
    assertThat(handle.await(LONG)).isSameAs(embedder);
    assertThat(handle.ready()).containsSame(embedder);
    assertThat(handle.state()).isEqualTo(new EmbedderState.Ready(embedder));
  }

  @Test
  void await_nativeLibraryMissing_failsWithReason() {
    EmbedderHandle handle =
        EmbedderHandle.load(() -> {
          throw new UnsatisfiedLinkError("no onnxruntime");
        });
    assertThatThrownBy(() -> handle.await(LONG))
        .isInstanceOf(EmbeddingException.class)
        .hasMessage("no onnxruntime");
    assertThat(handle.state()).isEqualTo(new EmbedderState.Failed("no onnxruntime"));
    assertThat(handle.ready()).isEmpty();
  }

  @Test
  void close_stillLoading_waitsForTheLoad() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    EmbedderHandle handle =
        EmbedderHandle.load(() -> {
          try {
            release.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          return new HashEmbedder();
        });
    Thread closer = Thread.ofPlatform().start(handle::close);
    while (closer.getState() != Thread.State.TIMED_WAITING) {
      assertThat(closer.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    release.countDown();
    closer.join();
    assertThat(handle.ready()).isPresent();
  }

  @Test
  void await_stillLoading_saysSo() {
    CountDownLatch release = new CountDownLatch(1);
    EmbedderHandle handle =
        EmbedderHandle.load(() -> {
          try {
            release.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          return new HashEmbedder();
        });
    assertThat(handle.state()).isEqualTo(new EmbedderState.Loading());
    assertThatThrownBy(() -> handle.await(Duration.ZERO))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("still loading");
    release.countDown();
    assertThat(handle.await(LONG)).isInstanceOf(HashEmbedder.class);
  }
}
