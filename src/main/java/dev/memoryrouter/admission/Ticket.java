package dev.memoryrouter.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A request for a turn.
///
/// @param id unique among the requests that wait or run
/// @param conversation those with an equal one share a prompt prefix; null when it has none
/// @param patience how long the request can wait at most, whatever the model allows
public record Ticket(
    String id,
    ModelId model,
    PriorityClass priority,
    @Nullable String conversation,
    Duration patience) {}
