package dev.memoryrouter.chat;

import java.time.Duration;

/// How requests are received and how long they may take.
///
/// @param host address to bind
/// @param bodyLimit largest request body in bytes
/// @param statusHold time from arrival for which the status line is held back
/// @param keepAlive interval of comments until the first payload
/// @param requestTimeout for the whole request
public record HttpSettings(
    String host,
    int port,
    long bodyLimit,
    Duration statusHold,
    Duration keepAlive,
    Duration requestTimeout) {}
