package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides whose turn it is on each model. Each method is an event; it returns what is to be done.
/// Has one owner: not thread-safe, no clock and no I/O of its own. Times are nanoseconds on any
/// clock that does not go back; an event must not be earlier than the one before.
///
/// A request waits in the queue of its (upstream, model), which has slots, and all models share one
/// budget of memory. [Line] says who comes next, [WaitBound] how long that can take.
public final class AdmissionQueue {
  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  /// When nothing was measured yet, and for the time that a restart takes.
  private static final Duration USUAL_RETRY = Duration.ofSeconds(5);

  private final ModelQueues models = new ModelQueues();
  private final Map<ModelId, Long> changed = new HashMap<>();
  private final Set<ModelId> loading = new HashSet<>();
  private final ModelMemory memory = new ModelMemory();
  private QueueSettings settings;
  private long arrivals;
  private boolean draining;
  private List<Action> actions = new ArrayList<>();

  /// An empty queue; nothing is loaded.
  public AdmissionQueue(QueueSettings settings) {
    this.settings = settings;
    take(settings);
  }

  /// New rules hold for all that wait. A model that is gone from them keeps its last limits until
  /// nobody uses it any more.
  public List<Action> configured(QueueSettings newest, long now) {
    begin(now);
    take(newest);
    return done(now);
  }

  private void take(QueueSettings newest) {
    settings = newest;
    models.removeIf(model -> model.idle() && !isConfigured(model.id()));
    newest.models().forEach((id, limits) -> models.get(id).limits(limits));
    memory.configure(newest);
  }

  private boolean isConfigured(ModelId id) {
    return settings.models().containsKey(id) || memory.isResident(id);
  }

  /// A request wants a turn.
  ///
  /// @throws IllegalArgumentException when a request with its id waits or runs
  public List<Action> arrived(Ticket ticket, long now) {
    begin(now);
    if (models.waiting(ticket.id()).isPresent() || models.runningOn(ticket.id()).isPresent()) {
      throw new IllegalArgumentException("there is already a request " + ticket.id());
    }
    ModelQueue model = models.get(ticket.model());
    Waiter waiter = waiter(ticket, model, now);
    Optional<Action> refusal = refusal(waiter, model, now);
    if (refusal.isPresent()) {
      actions.add(refusal.get());
    } else {
      model.waiting().add(waiter);
    }
    return done(now);
  }

  private Waiter waiter(Ticket ticket, ModelQueue model, long now) {
    long patience = Math.min(ticket.patience().toNanos(), model.limits().waitLimit().toNanos());
    return new Waiter(
        ticket,
        now,
        arrivals++,
        now + patience,
        overview(now).bound(ticket.priority(), model).orElse(0));
  }

  private Optional<Action> refusal(Waiter waiter, ModelQueue model, long now) {
    String id = waiter.ticket().id();
    if (draining) {
      return Optional.of(new Action.Refuse(id, RefusalReason.DRAINING, USUAL_RETRY));
    }
    if (model.waiting().size() >= model.limits().queueLength() && !isFree(model, now)) {
      return Optional.of(new Action.Refuse(id, RefusalReason.FULL, untilNextPlace(model)));
    }
    OptionalLong estimate = overview(now).estimate(waiter);
    long patience = waiter.limit() - now;
    if (estimate.isPresent() && estimate.getAsLong() > patience) {
      return Optional.of(
          new Action.Refuse(
              id, RefusalReason.HOPELESS, retryAfter(estimate.getAsLong() - patience)));
    }
    return Optional.empty();
  }

  /// A queue of length 0 still lets requests pass that need not wait.
  private boolean isFree(ModelQueue model, long now) {
    return model.waiting().isEmpty()
        && line(now).hasFreeSlot(model.id())
        && memory.fitsWithoutUnloading(model.id());
  }

  /// A request ended its turn. Unknown ids are ignored, so that a turn ends once.
  ///
  /// @param toBeContinued whether the answer ended in a tool call: its conversation is likely to
  ///   come back at once
  public List<Action> finished(String id, Outcome outcome, boolean toBeContinued, long now) {
    begin(now);
    models
        .runningOn(id)
        .ifPresent(model -> finish(model, model.running().remove(id), outcome, toBeContinued, now));
    return done(now);
  }

  private void finish(
      ModelQueue model,
      ModelQueue.@Nullable Running turn,
      Outcome outcome,
      boolean toBeContinued,
      long now) {
    changed.put(model.id(), now);
    if (turn == null || outcome != Outcome.SUCCESS) {
      return;
    }
    model.times().add(now - turn.since(), turn.loads());
    String conversation = turn.ticket().conversation();
    if (toBeContinued && conversation != null) {
      int level = Math.max(PriorityClass.AGENT.level(), turn.ticket().priority().level());
      long until = now + settings.order().linger().toNanos();
      model.holds().add(new Hold(conversation, level, until));
    }
  }

  /// A request leaves before its turn. Unknown ids are ignored.
  public List<Action> gaveUp(String id, long now) {
    begin(now);
    models.all().forEach(model -> model.waiting().removeIf(it -> it.ticket().id().equals(id)));
    return done(now);
  }

  /// News of an upstream: what it has loaded counts, except for models that the queue has used
  /// since it was asked. Those who wait for one that does not answer are refused.
  public List<Action> upstreamChanged(UpstreamReport report, long now) {
    begin(now);
    List<ModelQueue> there =
        models.all().stream()
            .filter(model -> model.id().upstream().equals(report.upstream()))
            .toList();
    if (report.reachable()) {
      there.forEach(model -> model.reportedSlots(report.slots().get(model.id().model())));
      takeResident(there.stream().filter(model -> isNews(model, report)).toList(), report);
    } else {
      there.stream().filter(model -> model.running().isEmpty()).forEach(this::unloaded);
      there.forEach(model -> refuse(model, RefusalReason.UNREACHABLE));
    }
    return done(now);
  }

  private boolean isNews(ModelQueue model, UpstreamReport report) {
    return model.running().isEmpty()
        && !loading.contains(model.id())
        && report.askedAt() > changed.getOrDefault(model.id(), Long.MIN_VALUE);
  }

  /// What does not fit the budget was loaded by somebody else and will have to be loaded again.
  private void takeResident(List<ModelQueue> news, UpstreamReport report) {
    news.stream()
        .filter(model -> !report.resident().contains(model.id().model()))
        .forEach(this::unloaded);
    news.stream()
        .map(ModelQueue::id)
        .filter(id -> report.resident().contains(id.model()) && !memory.isResident(id))
        .filter(memory::fitsWithoutUnloading)
        .forEach(memory::use);
  }

  private void unloaded(ModelQueue model) {
    memory.unload(model.id());
    model.unloaded();
  }

  /// A model is likely to be needed soon. It is loaded when that takes no room from any other model
  /// and nobody waits.
  public List<Action> wanted(ModelId id, long now) {
    begin(now);
    models.get(id);
    boolean calm = models.all().stream().allMatch(model -> model.waiting().isEmpty());
    if (calm && !draining && !memory.isResident(id) && memory.fitsWithoutUnloading(id)) {
      loading.add(id);
      memory.use(id);
      actions.add(new Action.Load(id));
    }
    return done(now);
  }

  /// A load ended.
  public List<Action> loaded(ModelId id, boolean success, long now) {
    begin(now);
    loading.remove(id);
    changed.put(id, now);
    ModelQueue model = models.get(id);
    if (!success && model.running().isEmpty()) {
      unloaded(model);
    }
    return done(now);
  }

  /// Those who wait lose their place; new ones are welcome.
  public List<Action> cleared(long now) {
    begin(now);
    models.all().forEach(model -> refuse(model, RefusalReason.REMOVED));
    return done(now);
  }

  /// One who waits loses its place. Unknown ids are ignored.
  public List<Action> removed(String id, long now) {
    begin(now);
    models.waiting(id).ifPresent(waiter -> refuse(waiter, RefusalReason.REMOVED));
    return done(now);
  }

  /// From now on nobody waits; those that run go on.
  public List<Action> drained(long now) {
    begin(now);
    draining = true;
    models.all().forEach(model -> refuse(model, RefusalReason.DRAINING));
    return done(now);
  }

  /// Time has passed without another event.
  public List<Action> timePassed(long now) {
    begin(now);
    return done(now);
  }

  private void begin(long now) {
    actions = new ArrayList<>();
    for (ModelQueue model : models.all()) {
      model.holds().removeIf(hold -> hold.until() <= now);
      refuseLate(model, now);
    }
  }

  private void refuseLate(ModelQueue model, long now) {
    for (Waiter waiter : List.copyOf(model.waiting())) {
      if (waiter.limit() <= now) {
        refuse(waiter, RefusalReason.WAITED_TOO_LONG);
      }
    }
  }

  private void refuse(ModelQueue model, RefusalReason reason) {
    List.copyOf(model.waiting()).forEach(waiter -> refuse(waiter, reason));
  }

  private void refuse(Waiter waiter, RefusalReason reason) {
    ModelQueue model = models.get(waiter.model());
    model.waiting().remove(waiter);
    Duration retry = reason == RefusalReason.DRAINING ? USUAL_RETRY : untilNextPlace(model);
    actions.add(new Action.Refuse(waiter.ticket().id(), reason, retry));
  }

  private List<Action> done(long now) {
    Optional<Line.Next> next = next(now);
    while (next.isPresent()) {
      admit(next.get(), now);
      next = next(now);
    }
    nextWake(now).ifPresent(time -> actions.add(new Action.WakeAt(time)));
    return List.copyOf(actions);
  }

  private Optional<Line.Next> next(long now) {
    boolean somebodyCould =
        models.all().stream()
            .anyMatch(
                model -> !model.waiting().isEmpty() && model.running().size() < model.slots());
    return somebodyCould ? line(now).next() : Optional.empty();
  }

  private Line line(long now) {
    return new Line(settings.order(), models, memory, loading, now);
  }

  private void admit(Line.Next next, long now) {
    next.unload().forEach(id -> unload(id, now));
    next.overtaken().forEach(Waiter::overtake);
    next.outwarmed().forEach(Waiter::outwarm);
    ModelQueue model = models.get(next.waiter().model());
    model.start(next.waiter(), now, !memory.isResident(model.id()));
    memory.use(model.id());
    changed.put(model.id(), now);
    actions.add(new Action.Admit(next.waiter().ticket().id()));
  }

  private void unload(ModelId id, long now) {
    unloaded(models.get(id));
    changed.put(id, now);
    actions.add(new Action.Unload(id));
  }

  private OptionalLong nextWake(long now) {
    List<Waiter> waiting = models.all().stream().flatMap(it -> it.waiting().stream()).toList();
    if (waiting.isEmpty()) {
      return OptionalLong.empty();
    }
    long limit = waiting.stream().mapToLong(Waiter::limit).min().orElseThrow();
    return OptionalLong.of(
        models.all().stream()
            .flatMap(model -> model.holds().stream())
            .mapToLong(Hold::until)
            .filter(until -> until > now)
            .reduce(limit, Math::min));
  }

  private Duration untilNextPlace(ModelQueue model) {
    long mean = model.times().mean();
    return mean == 0 ? USUAL_RETRY : retryAfter(mean / model.slots());
  }

  private static Duration retryAfter(long nanos) {
    Duration wait = Duration.ofNanos(nanos);
    if (wait.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return wait.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait;
  }

  /// Where a request stands; empty when it does not wait.
  public Optional<QueueView.Place> place(String id, long now) {
    return models.waiting(id).map(overview(now)::place);
  }

  /// Whether a request runs on a model or waits for it.
  public boolean isBusy(ModelId id) {
    return models.all().stream().anyMatch(model -> model.id().equals(id) && !model.idle());
  }

  /// How many run and wait.
  public QueueView.Totals totals() {
    return new QueueView.Totals(
        draining,
        models.all().stream().mapToInt(model -> model.running().size()).sum(),
        models.all().stream().mapToInt(model -> model.waiting().size()).sum());
  }

  /// The whole queue, to be shown.
  public QueueView view(long now) {
    return new QueueView(totals(), memory.used(), settings.memoryBudget(), overview(now).models());
  }

  private Overview overview(long now) {
    return new Overview(settings.order(), models, memory, line(now), now);
  }
}
