package dev.memoryrouter.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/// Feeds the bytes of an answer to a client's parser in pieces: no split may change the events.
public final class Splits {
  private final Supplier<AnswerLines> format;

  /// @param format makes a reader for one answer
  public Splits(Supplier<AnswerLines> format) {
    this.format = format;
  }

  /// The events of an answer that arrives in these pieces.
  public List<ChatEvent> events(byte[]... pieces) throws InterruptedException {
    var body = new BodyPieces(() -> {});
    body.onSubscribe(new Unlimited());
    for (byte[] piece : pieces) {
      body.onNext(List.of(ByteBuffer.wrap(piece)));
    }
    body.onComplete();
    var limits =
        new AnswerStream.Limits(System.nanoTime(), Duration.ofMinutes(1), Duration.ofMinutes(1));
    return Calls.all(new AnswerStream(body, format.get(), new AnswerEvents("m", 100), limits));
  }

  /// Splits at each byte, at all bytes at once, and at random ones.
  public void assertNoSplitMatters(String answer, Random random) throws InterruptedException {
    byte[] bytes = answer.getBytes(UTF_8);
    List<ChatEvent> whole = events(bytes);
    for (int at = 0; at <= bytes.length; at++) {
      assertThat(
              events(Arrays.copyOfRange(bytes, 0, at), Arrays.copyOfRange(bytes, at, bytes.length)))
          .as("split at %d of %s", at, answer)
          .isEqualTo(whole);
    }
    assertThat(events(single(bytes))).as("byte by byte: %s", answer).isEqualTo(whole);
    assertThat(events(some(bytes, random))).as("random: %s", answer).isEqualTo(whole);
  }

  private static byte[][] single(byte[] bytes) {
    var pieces = new byte[bytes.length][];
    for (int i = 0; i < bytes.length; i++) {
      pieces[i] = new byte[] {bytes[i]};
    }
    return pieces;
  }

  private static byte[][] some(byte[] bytes, Random random) {
    int[] cuts = random.ints(20, 0, bytes.length + 1).sorted().toArray();
    var pieces = new byte[cuts.length + 1][];
    int from = 0;
    for (int i = 0; i < cuts.length; i++) {
      pieces[i] = Arrays.copyOfRange(bytes, from, cuts[i]);
      from = cuts[i];
    }
    pieces[cuts.length] = Arrays.copyOfRange(bytes, from, bytes.length);
    return pieces;
  }

  private static final class Unlimited implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }
}
