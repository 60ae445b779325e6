package dev.memoryrouter.admission;

import java.time.Duration;

/// What is to be done, in this order.
public sealed interface Action {
  /// A request has its turn. It ends by [AdmissionQueue#finished].
  record Admit(String id) implements Action {}

  /// A request gets no turn.
  ///
  /// @param retryAfter when it may be worth another try; from one second to a minute
  record Refuse(String id, RefusalReason reason, Duration retryAfter) implements Action {}

  /// A model is to be loaded, without a request. It ends by [AdmissionQueue#loaded].
  record Load(ModelId model) implements Action {}

  /// A model must leave the memory before the requests that are admitted after this are sent.
  record Unload(ModelId model) implements Action {}

  /// [AdmissionQueue#timePassed] is to be called then, unless another event comes first. Replaces
  /// earlier wishes.
  ///
  /// @param time on the clock of the events
  record WakeAt(long time) implements Action {}
}
