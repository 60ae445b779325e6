package dev.memoryrouter.chat;

/// The model that serves a running conversation.
///
/// @param intent label of the intent that led to it
record StickyRoute(String model, String intent) {
  /// Approximate heap bytes.
  long bytes() {
    return 64L + 2L * (model.length() + intent.length());
  }
}
