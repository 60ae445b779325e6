package dev.memoryrouter.chat;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How requests wait for their turn.
///
/// @param order how those that wait are ranked
/// @param length requests that may wait for one model, unless the model says otherwise
/// @param waitLimit after which a waiting request is refused, unless the model says otherwise
/// @param priorityHeader name, in lower case, of the header by which clients name the class of a
///   request; null: they may not
/// @param drainLimit for which running answers may go on when the server is told to stop
/// @param preload whether the default model is loaded at the start
public record TurnSettings(
    Order order,
    int length,
    Duration waitLimit,
    @Nullable String priorityHeader,
    Duration drainLimit,
    boolean preload) {
  /// What holds unless configured.
  public static final TurnSettings DEFAULT =
      new TurnSettings(
          Order.DEFAULT, 512, Duration.ofMinutes(15), null, Duration.ofSeconds(20), true);
}
