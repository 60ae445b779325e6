package dev.memoryrouter.api;

import dev.memoryrouter.chat.Setups;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who may call: with keys, whoever has one; without, only programs on this machine. Web pages must
/// not drive the port, so a foreign `Host` or `Origin` is refused. Also gives each request its id.
@ServerFilter("/**")
@Order(Ordered.HIGHEST_PRECEDENCE)
final class AccessFilter {
  private static final String BEARER = "Bearer ";
  private static final String LIVENESS = "/health/liveness";

  private final Setups setup;

  AccessFilter(Setups setup) {
    this.setup = setup;
  }

  @RequestFilter
  void check(HttpRequest<?> request) {
    Requests.giveId(request);
    Set<String> keys = setup.get().configuration().server().apiKeys();
    if (!keys.isEmpty()) {
      checkKey(request, keys);
    } else {
      checkLocal(request);
    }
  }

  @ResponseFilter
  void name(HttpRequest<?> request, MutableHttpResponse<?> response) {
    Requests.name(request, response);
  }

  private static void checkKey(HttpRequest<?> request, Set<String> keys) {
    if (request.getPath().equals(LIVENESS)) {
      return;
    }
    Optional<String> sent =
        Optional.ofNullable(request.getHeaders().get(HttpHeaders.AUTHORIZATION))
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip());
    if (sent.isEmpty() || keys.stream().noneMatch(key -> sameText(key, sent.get()))) {
      throw new ApiException(
          new ApiError(
              401,
              ApiError.INVALID_REQUEST,
              "invalid_api_key",
              null,
              "A key of ROUTER_API_KEYS is needed: send it as \"Authorization: Bearer <key>\".",
              null));
    }
  }

  /// Takes the same time wherever the texts differ.
  private static boolean sameText(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static void checkLocal(HttpRequest<?> request) {
    List<String> hosts = request.getHeaders().getAll(HttpHeaders.HOST);
    if (hosts.size() > 1 || !hosts.stream().allMatch(LocalNames::isLocalHost)) {
      throw forbidden("Host", String.join(", ", hosts));
    }
    String origin = request.getHeaders().get(HttpHeaders.ORIGIN);
    if (origin != null && !LocalNames.isLocalOrigin(origin)) {
      throw forbidden("Origin", origin);
    }
  }

  private static ApiException forbidden(String header, String value) {
    return new ApiException(
        new ApiError(
            403,
            ApiError.INVALID_REQUEST,
            "foreign_" + header.toLowerCase(java.util.Locale.ROOT),
            null,
            "%s \"%s\" is not this machine. Without API keys only local programs are served; set ROUTER_API_KEYS to allow others."
                .formatted(header, value),
            null));
  }
}
