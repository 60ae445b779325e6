package dev.memoryrouter.admission;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Minutes of traffic in milliseconds: clients and models as events on a clock that jumps, around
/// the real [AdmissionQueue]. After every event it is checked that the queue kept its promises;
/// what was promised is reckoned here, from what was seen, not from what the queue says of itself.
public final class Simulation {
  private static final Duration LOAD = Duration.ofSeconds(15);
  private static final Duration UNLOAD = Duration.ofSeconds(2);
  private static final Duration WARM_PROMPT = Duration.ofMillis(200);

  private final Scenario scenario;
  private final QueueSettings settings;
  private final boolean classes;
  private final Random random;
  private final AdmissionQueue queue;
  private final List<Script> scripts;
  private final Duration longestTurn;

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::number));
  private long now;
  private long eventNumber;
  private long wake = Long.MAX_VALUE;
  private boolean draining;

  private final Map<String, Call> waiting = new LinkedHashMap<>();
  private final Map<String, Call> running = new LinkedHashMap<>();
  private final Set<ModelId> resident = new LinkedHashSet<>();
  private final Map<ModelId, Long> unloadEnds = new HashMap<>();
  private final Map<ModelId, Deque<String>> caches = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private int ids;

  private int arrived;
  private int served;
  private int refused;
  private int left;
  private int swaps;
  private int evictions;
  private final Map<PriorityClass, List<Duration>> waits = new EnumMap<>(PriorityClass.class);

  private record Event(long time, long number, Runnable action) {}

  /// One request on its way.
  private record Call(String id, Script script, int step, ModelId model, long arrived, long bound) {
    Script.Request request() {
      return script.requests().get(step);
    }
  }

  /// What came of it.
  ///
  /// @param swaps models unloaded for others
  /// @param evictions prompts that had to be read anew though the model had known their
  ///   conversation
  /// @param waits of those served, by class
  public record Result(
      int arrived,
      int served,
      int refused,
      int left,
      int swaps,
      int evictions,
      Map<PriorityClass, List<Duration>> waits) {}

  /// A run.
  ///
  /// @param classes whether requests wait in their class; else all are equal
  public Simulation(Scenario scenario, long seed, Order order, boolean classes) {
    this.scenario = scenario;
    this.settings = scenario.settings(order);
    this.classes = classes;
    scripts = scenario.scripts(new Random(seed));
    random = new Random(~seed);
    queue = new AdmissionQueue(settings);
    longestTurn =
        scripts.stream()
            .flatMap(script -> script.requests().stream())
            .map(request -> request.generation().plus(request.prompt()))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO)
            .plus(WARM_PROMPT)
            .plus(UNLOAD)
            .plus(LOAD);
  }

  /// Runs until all clients are done.
  ///
  /// @throws AssertionError when a promise was broken
  public Result run() {
    scripts.forEach(script -> at(script.start(), () -> arrive(script, 0)));
    disturb();
    while (!events.isEmpty() || wake != Long.MAX_VALUE) {
      step();
      checkPromises();
    }
    check(waiting.isEmpty() && running.isEmpty(), "nobody is left over");
    check(served + refused + left == arrived, "served + refused + left = arrived");
    return new Result(arrived, served, refused, left, swaps, evictions, waits);
  }

  private void step() {
    if (!events.isEmpty() && events.peek().time() < wake) {
      Event event = events.remove();
      now = event.time();
      event.action().run();
    } else {
      now = wake;
      wake = Long.MAX_VALUE;
      perform(queue.timePassed(now));
    }
  }

  private void at(Duration delay, Runnable action) {
    events.add(new Event(now + delay.toNanos(), eventNumber++, action));
  }

  /// What happens from outside.
  private void disturb() {
    Duration middle = Duration.ofSeconds(60 + random.nextInt(60));
    switch (scenario) {
      case DRAIN ->
          at(
              middle,
              () -> {
                draining = true;
                perform(queue.drained(now));
              });
      case CLEAR -> at(middle, () -> perform(queue.cleared(now)));
      case FAILOVERS -> {
        at(middle, () -> report("A", false));
        at(middle.plusSeconds(20), () -> report("A", true));
        at(middle.plusSeconds(60), () -> report("B", false));
        at(middle.plusSeconds(70), () -> report("B", true));
      }
      default -> {}
    }
  }

  private void report(String model, boolean reachable) {
    ModelId id = Scenario.model(model);
    boolean idle = running.values().stream().noneMatch(call -> call.model().equals(id));
    if (idle) {
      resident.remove(id);
      caches.remove(id);
    }
    perform(
        queue.upstreamChanged(
            new UpstreamReport(
                id.upstream(), reachable, idle ? Set.of() : Set.of(id.model()), Map.of(), now),
            now));
  }

  private void arrive(Script script, int step) {
    arrive(script, step, script.requests().get(step).model());
  }

  private void arrive(Script script, int step, ModelId model) {
    Script.Request request = script.requests().get(step);
    String id = "r" + ids++;
    PriorityClass priority = classes ? request.priority() : PriorityClass.INTERACTIVE;
    Call call = new Call(id, script, step, model, now, bound(model, priority));
    arrived++;
    waiting.put(id, call);
    at(script.patience(), () -> loseHeart(call));
    perform(
        queue.arrived(
            new Ticket(id, model, priority, script.conversation(), Duration.ofHours(1)), now));
  }

  private long bound(ModelId model, PriorityClass priority) {
    long sizes = settings.models().values().stream().mapToLong(ModelLimits::memory).sum();
    boolean contended = settings.memoryBudget() != null && sizes > settings.memoryBudget();
    int before =
        (int)
            waiting.values().stream()
                .filter(other -> contended || other.model().equals(model))
                .count();
    return WaitBound.of(
        priority, before, slots(model), contended, settings.order(), longestTurn.toNanos());
  }

  private ModelLimits limits(ModelId model) {
    return Objects.requireNonNull(settings.models().get(model));
  }

  private int slots(ModelId model) {
    Integer slots = limits(model).slots();
    return slots == null ? 1 : slots;
  }

  /// A client that waits leaves; one that is served sometimes does.
  private void loseHeart(Call call) {
    if (waiting.remove(call.id()) != null) {
      left++;
      perform(queue.gaveUp(call.id(), now));
      next(call);
    } else if (running.containsKey(call.id())
        && scenario == Scenario.LEAVING_CLIENTS
        && random.nextBoolean()) {
      end(call, Outcome.IGNORED);
    }
  }

  private void perform(List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Admit(String id, Set<ModelId> after) -> admit(id, after);
        case Action.Refuse refuse -> refuse(refuse);
        case Action.Unload(ModelId model) -> unload(model);
        case Action.Load(ModelId model) -> throw new AssertionError("nobody wanted " + model);
        case Action.WakeAt(long time) -> {
          check(time >= now, "wake is not in the past");
          wake = time;
        }
      }
    }
  }

  private void admit(String id, Set<ModelId> after) {
    Call call = taken(id);
    check(now - call.arrived() <= call.bound(), "wait of %s within its bound".formatted(id));
    waits
        .computeIfAbsent(call.request().priority(), _ -> new ArrayList<>())
        .add(Duration.ofNanos(now - call.arrived()));
    running.put(id, call);
    if (after.isEmpty()) {
      send(call);
    } else {
      // Also when the last of them ends at this very moment, but is not reported yet.
      long free = after.stream().mapToLong(unloadEnds::get).max().orElseThrow();
      at(Duration.ofNanos(free - now), () -> send(call));
    }
  }

  private void send(Call call) {
    if (!running.containsKey(call.id())) {
      return;
    }
    Duration taken = load(call.model()).plus(prompt(call)).plus(call.request().generation());
    at(taken, () -> end(call, call.request().fails() ? Outcome.DROPPED : Outcome.SUCCESS));
  }

  private Call taken(String id) {
    Call call = waiting.remove(id);
    check(call != null, "only who waits is admitted or refused: " + id);
    return Objects.requireNonNull(call);
  }

  private Duration load(ModelId model) {
    return resident.add(model) ? LOAD : Duration.ZERO;
  }

  private Duration prompt(Call call) {
    Deque<String> cache = caches.computeIfAbsent(call.model(), _ -> new ArrayDeque<>());
    String prefix = call.script().name();
    boolean warm = cache.remove(prefix);
    cache.addLast(prefix);
    while (cache.size() > slots(call.model())) {
      cache.removeFirst();
    }
    boolean seen = !known.add(prefix + "@" + call.model());
    if (call.script().conversation() != null && seen && !warm) {
      evictions++;
    }
    return warm ? WARM_PROMPT : call.request().prompt();
  }

  private void end(Call call, Outcome outcome) {
    if (running.remove(call.id()) == null) {
      return;
    }
    served++;
    perform(queue.finished(call.id(), outcome, call.request().toolCall(), now));
    ModelId fallback = call.script().fallback();
    if (outcome == Outcome.DROPPED && fallback != null && !fallback.equals(call.model())) {
      arrive(call.script(), call.step(), fallback);
    } else {
      next(call);
    }
  }

  private void refuse(Action.Refuse refuse) {
    Call call = taken(refuse.id());
    check(
        refuse.retryAfter().compareTo(Duration.ofSeconds(1)) >= 0
            && refuse.retryAfter().compareTo(Duration.ofMinutes(1)) <= 0,
        "retry-after from a second to a minute");
    refused++;
    next(call);
  }

  private void next(Call call) {
    int step = call.step() + 1;
    if (step < call.script().requests().size() && !draining) {
      at(call.request().pause(), () -> arrive(call.script(), step));
    }
  }

  private void unload(ModelId model) {
    check(
        running.values().stream().noneMatch(call -> call.model().equals(model)),
        "no busy model is unloaded: " + model);
    caches.remove(model);
    swaps++;
    unloadEnds.put(model, now + UNLOAD.toNanos());
    at(
        UNLOAD,
        () -> {
          resident.remove(model);
          perform(queue.unloaded(model, true, now));
        });
  }

  private void checkPromises() {
    Map<ModelId, Integer> busy = new HashMap<>();
    running.values().forEach(call -> busy.merge(call.model(), 1, Integer::sum));
    busy.forEach((model, count) -> check(count <= slots(model), "slots of " + model));
    check(
        arrived == served + refused + left + waiting.size() + running.size(),
        "everybody is accounted for");
    checkMemory();
    waiting
        .values()
        .forEach(call -> check(now - call.arrived() <= call.bound(), "bound of " + call.id()));
    if (running.isEmpty() && !waiting.isEmpty()) {
      check(
          wake - now <= settings.order().linger().toNanos(), "no model idles while requests wait");
    }
    if (draining) {
      check(waiting.isEmpty(), "nobody waits while the server stops");
    }
  }

  private void checkMemory() {
    @Nullable Long budget = settings.memoryBudget();
    long used = resident.stream().mapToLong(model -> limits(model).memory()).sum();
    check(budget == null || used <= budget, "memory within the budget");
  }

  private void check(boolean kept, String promise) {
    if (!kept) {
      throw new AssertionError("broken after %s: %s".formatted(Duration.ofNanos(now), promise));
    }
  }
}
