package dev.memoryrouter.api;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.CloseableAvailableByteBody;
import io.micronaut.http.exceptions.BufferLengthExceededException;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;

/// What handlers need of a request beyond routing.
final class Requests {
  static final String ID = "memory-router.request-id";

  private Requests() {}

  /// The whole body; blocks until it is there.
  static byte[] body(HttpRequest<?> request) {
    try (CloseableAvailableByteBody body =
        ((ServerHttpRequest<?>) request).byteBody().buffer().join()) {
      return body.toByteArray();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ContentLengthExceededException tooLong) {
        throw tooLong;
      }
      if (e.getCause() instanceof BufferLengthExceededException tooLong) {
        throw tooLong;
      }
      throw new ApiException(
          ApiError.badRequest(null, "The request body did not arrive completely."));
    }
  }

  /// The id that the request was given on arrival.
  static String id(HttpRequest<?> request) {
    return request.getAttribute(ID, String.class).orElseThrow();
  }

  /// Gives the response the request's id, so that a report can be matched with the log.
  static void name(HttpRequest<?> request, MutableHttpResponse<?> response) {
    request
        .getAttribute(ID, String.class)
        .ifPresent(id -> response.getHeaders().set("x-request-id", id));
  }

  /// The headers with names in lower case; of several values the first.
  static Map<String, String> headers(HttpRequest<?> request) {
    Map<String, String> headers = new HashMap<>();
    request
        .getHeaders()
        .forEachValue((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  /// Runs `action` when the connection closes. The server's pipeline does not tell a handler of a
  /// client that leaves before the response began; the channel does.
  ///
  /// @return stops watching: a kept-alive connection outlives the exchange
  static Runnable whenClientLeaves(HttpRequest<?> request, Runnable action) {
    Channel channel = ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
    ChannelFutureListener listener = _ -> action.run();
    channel.closeFuture().addListener(listener);
    return () -> channel.closeFuture().removeListener(listener);
  }
}
