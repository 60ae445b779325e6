package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.Set;

/// What is to be done, in this order.
public sealed interface Action {
  /// A request has its turn. It ends by [AdmissionQueue#finished].
  ///
  /// @param after models of its machine whose unload must end before the request is sent
  record Admit(String id, Set<ModelId> after) implements Action {
    public Admit {
      after = Set.copyOf(after);
    }
  }

  /// A request gets no turn.
  ///
  /// @param retryAfter when it may be worth another try; from one second to a minute
  record Refuse(String id, RefusalReason reason, Duration retryAfter) implements Action {}

  /// A model is to be loaded, without a request. It ends by [AdmissionQueue#loaded].
  record Load(ModelId model) implements Action {}

  /// A model must leave the memory. It ends by [AdmissionQueue#unloaded], whatever becomes of the
  /// request for which it leaves.
  record Unload(ModelId model) implements Action {}

  /// [AdmissionQueue#timePassed] is to be called then, unless another event comes first. Replaces
  /// earlier wishes.
  ///
  /// @param time on the clock of the events
  record WakeAt(long time) implements Action {}
}
