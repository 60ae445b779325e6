package dev.memoryrouter.chat;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.ModelId;
import dev.memoryrouter.admission.Ticket;
import dev.memoryrouter.admission.Turn;
import dev.memoryrouter.admission.UpstreamReport;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.Upstreams;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Asks the queue for turns, and tells it what the upstreams have. Thread-safe.
public final class Turns {
  /// What is known of an upstream may be five seconds old, and asking took some.
  private static final Duration OLDEST_NEWS = Duration.ofSeconds(10);

  private final Admission admission;
  private final LongSupplier clock;
  private final TurnClasses classes = new TurnClasses();

  /// Turns of one queue.
  ///
  /// @param clock of the queue
  public Turns(Admission admission, LongSupplier clock) {
    this.admission = admission;
    this.clock = clock;
  }

  /// Waits until a model can be called.
  ///
  /// @throws InterruptedException when the client left; it does not wait any more then
  Turn acquire(Plan plan, ModelState model, Terms terms) throws InterruptedException {
    String upstream = model.settings().upstream();
    admission.upstreamChanged(report(plan.setup().upstreams(), upstream));
    @Nullable String conversation = plan.conversation().helper() ? null : plan.identity();
    return admission.acquire(
        new Ticket(
            terms.id(),
            new ModelId(upstream, model.key()),
            classes.of(plan, conversation, terms.priority()),
            conversation,
            terms.timeLeft()));
  }

  /// Whether somebody uses a model or waits for it.
  boolean isBusy(ModelState model) {
    return admission.isBusy(new ModelId(model.settings().upstream(), model.key()));
  }

  /// An upstream was found not to answer: who waits for it may as well try another.
  void lost(String upstream) {
    admission.upstreamChanged(
        new UpstreamReport(upstream, false, Set.of(), Map.of(), clock.getAsLong()));
  }

  /// Loads the default model, if it is there and nothing has to leave for it.
  public void preload(Setup setup) {
    ModelState model = setup.upstreams().state(setup.configuration().routing().defaultModel());
    if (model.available()) {
      String upstream = model.settings().upstream();
      admission.upstreamChanged(report(setup.upstreams(), upstream));
      admission.preload(new ModelId(upstream, model.key()));
    }
  }

  private UpstreamReport report(Upstreams upstreams, String upstream) {
    Set<String> resident = new HashSet<>();
    Map<String, Integer> slots = new HashMap<>();
    for (String key : upstreams.config().models().keySet()) {
      for (ModelState model : upstreams.everywhere(key)) {
        if (model.settings().upstream().equals(upstream)) {
          note(model, resident, slots);
        }
      }
    }
    return new UpstreamReport(
        upstream, true, resident, slots, clock.getAsLong() - OLDEST_NEWS.toNanos());
  }

  private static void note(ModelState model, Set<String> resident, Map<String, Integer> slots) {
    if (model.resident()) {
      resident.add(model.key());
    }
    Integer said = model.slots();
    if (said != null) {
      slots.put(model.key(), said);
    }
  }
}
