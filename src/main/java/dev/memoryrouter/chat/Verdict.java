package dev.memoryrouter.chat;

import java.util.Locale;

/// What a look at a model said about using it for one request.
public enum Verdict {
  /// It is the first that can serve the request.
  CHOSEN,
  /// It could serve the request if those before it fail.
  ACCEPTABLE,
  TOO_SMALL,
  NO_VISION,
  NO_TOOLS,
  NOT_PULLED,
  UNREACHABLE,
  /// Its upstream failed too often and is left alone for a while.
  CIRCUIT_OPEN;

  /// The name used in answers, such as `too-small`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Whether the model may be called.
  public boolean usable() {
    return this == CHOSEN || this == ACCEPTABLE;
  }
}
