package dev.memoryrouter.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Bodies that come late, slowly or without end.
class HttpCallsTest {
  private final AtomicBoolean cancelled = new AtomicBoolean();

  private BodyPieces body(String... pieces) {
    var body = new BodyPieces(() -> {});
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {
            cancelled.set(true);
          }
        });
    for (String piece : pieces) {
      body.onNext(List.of(ByteBuffer.wrap(piece.getBytes(UTF_8))));
    }
    return body;
  }

  @Test
  void await_responseBetweenGivingUpAndCancelling_isClosed() {
    HttpResponse<BodyPieces> response = response(body());
    var call =
        new CompletableFuture<HttpResponse<BodyPieces>>() {
          @Override
          public boolean cancel(boolean interrupt) {
            complete(response);
            return false;
          }
        };

    assertThatThrownBy(() -> HttpCalls.await(call, Duration.ZERO))
        .isInstanceOf(TimeoutException.class);

    assertThat(cancelled).isTrue();
  }

  @Test
  void readAll_moreThanTheMost_keepsTheBeginningAndCloses() {
    var bytes = new ByteArrayOutputStream();

    assertThatThrownBy(() -> HttpCalls.readAll(body("abc", "def"), bytes, Duration.ofMinutes(1), 4))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 4 bytes");

    assertThat(bytes.toString(UTF_8)).isEqualTo("abcd");
    assertThat(cancelled).isTrue();
  }

  @Test
  void readAll_piecesBeyondTheTime_endsAndCloses() {
    var bytes = new ByteArrayOutputStream();

    assertThatThrownBy(() -> HttpCalls.readAll(body("a", "b", "c"), bytes, Duration.ZERO, 99))
        .isInstanceOf(TimeoutException.class);

    assertThat(bytes.size()).isEqualTo(1);
    assertThat(cancelled).isTrue();
  }

  @Test
  void forbiddenWithoutReason_adviceForOllamaOnly() {
    assertThat(forbidden(UpstreamSettings.Type.OLLAMA)).contains("OLLAMA_HOST");
    assertThat(forbidden(UpstreamSettings.Type.OPENAI))
        .contains("refused access (403)")
        .doesNotContain("Ollama");
  }

  private static String forbidden(UpstreamSettings.Type type) {
    var settings = Calls.settings(type, URI.create("http://localhost:1"));
    return new ErrorReader(settings, "m").read(403, "", null).message();
  }

  @SuppressWarnings("unchecked")
  private static HttpResponse<BodyPieces> response(BodyPieces body) {
    return (HttpResponse<BodyPieces>)
        Proxy.newProxyInstance(
            HttpCallsTest.class.getClassLoader(),
            new Class<?>[] {HttpResponse.class},
            (_, method, _) -> method.getName().equals("body") ? body : null);
  }
}
