package dev.memoryrouter.chat;

import dev.memoryrouter.admission.PriorityClass;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the client's side of a request says about carrying it out.
///
/// @param id of the request
/// @param timeLeft until the request's time limit
/// @param priority class that the client asked for; null when it did not, or may not
public record Terms(
    String id, Delivery delivery, Duration timeLeft, @Nullable PriorityClass priority) {}
