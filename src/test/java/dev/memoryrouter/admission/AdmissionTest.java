package dev.memoryrouter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final ModelId A = new ModelId("up", "A");
  private static final ModelId B = new ModelId("up", "B");

  private final BlockingQueue<String> loads = new LinkedBlockingQueue<>();
  private final ModelLoader loader =
      new ModelLoader() {
        @Override
        public boolean load(ModelId model) {
          return loads.add("load " + model.model());
        }

        @Override
        public void unload(ModelId model) {
          loads.add("unload " + model.model());
        }
      };
  private final Admission admission = new Admission(settings(1), loader, System::nanoTime);

  private static QueueSettings settings(int slots) {
    ModelLimits limits = new ModelLimits(slots, "here", 10, 1000, Duration.ofMinutes(10));
    return new QueueSettings(Order.DEFAULT, 15L, Map.of(A, limits, B, limits));
  }

  @AfterEach
  void close() {
    assertThat(admission.totals().running()).as("permits not given back").isZero();
    admission.close();
  }

  @Test
  void acquire_freeSlot_isGranted() throws Exception {
    try (Permit _ = permit("1", A)) {
      assertThat(admission.totals().running()).isEqualTo(1);
    }
    assertThat(admission.totals().running()).isZero();
  }

  @Test
  void acquire_noSlot_waitsInTheOrderOfArrival() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    Permit first = permit("first", A);
    for (int i = 0; i < 5; i++) {
      pass("" + i, order);
    }

    first.success(false);

    assertThat(take(order, 5)).containsExactly("0", "1", "2", "3", "4");
    until(() -> admission.totals().running() == 0);
  }

  @Test
  void permit_endsOnce() throws Exception {
    admission.configure(settings(2));
    Permit permit = permit("1", A);
    try (Permit _ = permit("2", A)) {
      permit.dropped();
      permit.success(true);
      permit.close();

      assertThat(admission.totals().running()).isEqualTo(1);
    }
  }

  @Test
  void acquire_interruptedWaiter_leavesAtOnce() throws Exception {
    Permit first = permit("1", A);
    Thread waiter = pass("2", new LinkedBlockingQueue<>());

    waiter.interrupt();
    waiter.join();

    assertThat(admission.totals().waiting()).isZero();
    first.close();
  }

  @Test
  void acquire_removedWaiter_isRefused() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    Permit first = permit("1", A);
    pass("2", order);
    pass("3", order);

    assertThat(admission.remove("2")).isTrue();
    assertThat(admission.remove("2")).isFalse();
    assertThat(admission.clear()).isEqualTo(1);

    assertThat(take(order, 2)).containsExactly("REMOVED", "REMOVED");
    first.close();
  }

  @Test
  void acquire_waitLimit_isRefusedByTheTimer() throws Exception {
    ModelLimits limits = new ModelLimits(1, "here", 0, 10, Duration.ofMillis(50));
    admission.configure(new QueueSettings(Order.DEFAULT, null, Map.of(A, limits)));
    try (Permit _ = permit("1", A)) {
      assertThat(admission.acquire(ticket("2", A)))
          .isInstanceOfSatisfying(
              Turn.Refused.class,
              refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.WAITED_TOO_LONG));
    }
  }

  @Test
  void drain_waitersAndNewcomersAreRefused() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    Permit first = permit("1", A);
    pass("2", order);

    admission.drain();

    assertThat(take(order, 1)).containsExactly("DRAINING");
    assertThat(admission.acquire(ticket("3", A))).isInstanceOf(Turn.Refused.class);
    first.close();
  }

  @Test
  void acquire_otherModelInTheWay_isUnloadedFirst() throws Exception {
    permit("1", A).close();

    permit("2", B).close();

    assertThat(loads).containsExactly("unload A");
  }

  @Test
  void preload_loadsInTheBackground() throws Exception {
    admission.preload(A);

    assertThat(take(loads, 1)).containsExactly("load A");
    until(() -> admission.view().memoryUsed() == 10);
  }

  @Test
  void place_whileWaiting_isKnown() throws Exception {
    Permit first = permit("1", A);
    Thread waiter = pass("2", new LinkedBlockingQueue<>());

    assertThat(admission.place("2")).hasValue(new QueueView.Place(1, 1, null));
    assertThat(admission.place("1")).isEmpty();

    first.close();
    waiter.join();
  }

  /// Interrupts, wait limits and releases race for every turn; none of them may be lost.
  @Test
  void acquire_manyThreadsWhichLeaveOrTimeOut_nobodyTakesATurnWithHim() throws Exception {
    long seed = System.nanoTime();
    ModelLimits limits = new ModelLimits(3, "here", 0, 1000, Duration.ofMillis(2));
    admission.configure(new QueueSettings(Order.DEFAULT, null, Map.of(A, limits, B, limits)));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < 2000; i++) {
      Random random = new Random(seed + i);
      String id = "r" + i;
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              start.await();
              if (admission.acquire(ticket(id, A)) instanceof Turn.Granted(Permit permit)) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                LockSupport.parkNanos(50_000);
                inside.decrementAndGet();
                end(permit, random.nextInt(3));
              }
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            } finally {
              ended.incrementAndGet();
            }
          }));
    }
    Random random = new Random(seed);
    start.countDown();
    for (int i = 0; i < 1000; i++) {
      threads.get(random.nextInt(threads.size())).interrupt();
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(30))).as("seed %d", seed).isTrue();
    }

    assertThat(ended).hasValue(2000);
    assertThat(most.get()).as("seed %d", seed).isBetween(1, 3);
    assertThat(admission.totals().waiting()).as("seed %d", seed).isZero();
    assertThat(admission.totals().running()).as("seed %d", seed).isZero();
  }

  private static void end(Permit permit, int how) {
    switch (how) {
      case 0 -> permit.success(false);
      case 1 -> permit.dropped();
      default -> permit.close();
    }
  }

  @Test
  void acquire_idInUse_isAnErrorThatHarmsNobody() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    Permit first = permit("1", A);
    pass("2", order);

    assertThatThrownBy(() -> admission.acquire(ticket("1", A)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> admission.acquire(ticket("2", A)))
        .isInstanceOf(IllegalArgumentException.class);

    first.close();
    assertThat(take(order, 1)).containsExactly("2");
    until(() -> admission.totals().running() == 0);
  }

  private Permit permit(String id, ModelId model) throws InterruptedException {
    return ((Turn.Granted) admission.acquire(ticket(id, model))).permit();
  }

  private static Ticket ticket(String id, ModelId model) {
    return new Ticket(id, model, PriorityClass.AGENT, null, Duration.ofMinutes(10));
  }

  /// A thread that waits for A, says its id or why it was refused, and ends its turn.
  private Thread pass(String id, BlockingQueue<String> order) {
    int before = admission.totals().waiting();
    Thread thread =
        Thread.startVirtualThread(() -> {
          try {
            switch (admission.acquire(ticket(id, A))) {
              case Turn.Granted(Permit permit) -> {
                order.add(id);
                permit.success(false);
              }
              case Turn.Refused(RefusalReason reason, _) -> order.add(reason.name());
            }
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    until(() -> admission.totals().waiting() == before + 1);
    return thread;
  }

  private static List<String> take(BlockingQueue<String> queue, int count)
      throws InterruptedException {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(String.valueOf(queue.poll(10, TimeUnit.SECONDS)));
    }
    return taken;
  }

  private static void until(BooleanSupplier condition) {
    await().pollInterval(Duration.ofMillis(2)).until(condition::getAsBoolean);
  }
}
