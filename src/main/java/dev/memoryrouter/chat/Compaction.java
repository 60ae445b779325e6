package dev.memoryrouter.chat;

/// Whether a conversation that fits no model is shortened by this server.
public enum Compaction {
  OFF,
  /// Only when no larger acceptable model can be reached. Means off until compaction is built.
  AUTO
}
