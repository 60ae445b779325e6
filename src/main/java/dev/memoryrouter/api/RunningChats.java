package dev.memoryrouter.api;

import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The chats that run now. A request that says it is a retry takes the place of the earlier attempt
/// of the same turn, which would otherwise go on for a client that no longer waits for it: not
/// every connection that was given up is seen to close. Requests that do not say so never touch
/// each other, even when they are equal. Thread-safe.
@Singleton
final class RunningChats {
  /// OpenAI's SDKs count here; 0 is a first attempt.
  private static final String RETRY_COUNT = "x-stainless-retry-count";

  /// By these, clients that send the same words are told apart.
  private static final List<String> CLIENT = List.of("authorization", "user-agent", "x-session-id");

  private final Map<Turn, List<Running>> running = new HashMap<>();

  /// What all attempts of one turn have in common.
  private record Turn(String body, String client) {}

  /// @param retry 0 for a first attempt
  private record Running(int retry, Runnable cancel) {}

  /// Takes note of a chat, and cancels the attempt that it repeats.
  ///
  /// @param cancel ends the chat; called when a retry takes its place
  /// @return to be run when the chat is over
  Runnable enter(HttpRequest<?> request, byte[] body, Runnable cancel) {
    var turn = new Turn(digest(body), client(request));
    var entered = new Running(retry(request), cancel);
    Optional<Running> earlier;
    synchronized (running) {
      List<Running> attempts = running.computeIfAbsent(turn, _ -> new ArrayList<>());
      earlier = earlier(attempts, entered.retry());
      earlier.ifPresent(attempts::remove);
      attempts.add(entered);
    }
    earlier.ifPresent(attempt -> attempt.cancel().run());
    return () -> leave(turn, entered);
  }

  /// The attempt that a retry repeats: the last one before it, of several the oldest.
  private static Optional<Running> earlier(List<Running> attempts, int retry) {
    return attempts.stream()
        .filter(attempt -> attempt.retry() < retry)
        .sorted(Comparator.comparingInt(Running::retry).reversed())
        .findFirst();
  }

  private void leave(Turn turn, Running left) {
    synchronized (running) {
      running.computeIfPresent(
          turn,
          (_, attempts) -> {
            attempts.remove(left);
            return attempts.isEmpty() ? null : attempts;
          });
    }
  }

  private static int retry(HttpRequest<?> request) {
    String count = request.getHeaders().get(RETRY_COUNT);
    return count != null && count.matches("[0-9]{1,4}") ? Integer.parseInt(count) : 0;
  }

  private static String client(HttpRequest<?> request) {
    var client = new StringBuilder(request.getRemoteAddress().getAddress().getHostAddress());
    for (String header : CLIENT) {
      client.append('\n').append(request.getHeaders().get(header));
    }
    return client.toString();
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
