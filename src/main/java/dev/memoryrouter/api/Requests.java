package dev.memoryrouter.api;

import io.micronaut.http.HttpHeaders;
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
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What handlers need of a request beyond routing.
final class Requests {
  private static final String ID = "memory-router.request-id";
  private static final Pattern JSON_TYPE =
      Pattern.compile(
          "\\s*(application/(.+\\+)?json|application/x-www-form-urlencoded)?\\s*(;.*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ENCODING =
      Pattern.compile("\\s*(identity|(x-)?gzip|(x-)?deflate)?\\s*", Pattern.CASE_INSENSITIVE);

  private Requests() {}

  /// The whole JSON body; blocks until it is there.
  static byte[] body(HttpRequest<?> request) {
    checkLabels(request.getHeaders());
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
          ApiError.badRequest(
              null,
              "The request body did not arrive completely, or is not what its Content-Encoding says."));
    }
  }

  /// A body without a label is taken for JSON, and so is the label that curl puts on everything.
  private static void checkLabels(HttpHeaders headers) {
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    if (type != null && !JSON_TYPE.matcher(type).matches()) {
      throw unsupported(
          "The body is labelled \"%s\": send JSON with \"Content-Type: application/json\"."
              .formatted(type));
    }
    String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !ENCODING.matcher(encoding).matches()) {
      throw unsupported(
          "The body is encoded as \"%s\": send it as it is, or as gzip or deflate."
              .formatted(encoding));
    }
  }

  private static ApiException unsupported(String message) {
    return new ApiException(
        new ApiError(415, ApiError.INVALID_REQUEST, "unsupported_media_type", null, message, null));
  }

  /// Names a request on arrival.
  static void giveId(HttpRequest<?> request) {
    request.setAttribute(ID, "req_" + UUID.randomUUID().toString().replace("-", ""));
  }

  /// Why the request line or the headers could not be read; null when they could.
  static @Nullable Throwable decodingFailure(HttpRequest<?> request) {
    return request instanceof NettyHttpRequest<?> netty
        ? netty.getNativeRequest().decoderResult().cause()
        : null;
  }

  /// The id that the request was given on arrival.
  static String id(HttpRequest<?> request) {
    return request.getAttribute(ID, String.class).orElseThrow();
  }

  /// Gives the response the request's id, so that a report can be matched with the log.
  static void name(HttpRequest<?> request, MutableHttpResponse<?> response) {
    if (request.getAttribute(ID).isEmpty()) {
      // What could not be read at all came past the filter.
      giveId(request);
    }
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

  /// Whether the client is still connected, as far as the server was told.
  static boolean clientIsThere(HttpRequest<?> request) {
    return channel(request).isActive();
  }

  private static Channel channel(HttpRequest<?> request) {
    return ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
  }

  /// Runs `action` when the connection closes. The server's pipeline does not tell a handler of a
  /// client that leaves before the response began; the channel does.
  ///
  /// @return stops watching: a kept-alive connection outlives the exchange
  static Runnable whenClientLeaves(HttpRequest<?> request, Runnable action) {
    Channel channel = channel(request);
    ChannelFutureListener listener = _ -> action.run();
    channel.closeFuture().addListener(listener);
    return () -> channel.closeFuture().removeListener(listener);
  }
}
