package dev.memoryrouter.conversation;

import tools.jackson.databind.JsonNode;

/// A function that the client offers.
///
/// @param definition the whole `{"type":"function","function":{…}}` object, keys in the order
///   received
public record Tool(String name, JsonNode definition) {}
