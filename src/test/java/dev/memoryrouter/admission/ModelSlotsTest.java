package dev.memoryrouter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ModelSlotsTest {
  private final ModelSlots slots = new ModelSlots();

  @Test
  void acquire_freeSlot_isGivenAtOnce() throws Exception {
    try (var _ = slots.acquire("m", 2);
        var _ = slots.acquire("m", 2);
        var _ = slots.acquire("other", 1)) {
      assertThat(slots.running("m")).isEqualTo(2);
    }
    assertThat(slots.running("m")).isZero();
  }

  @Test
  void acquire_noSlot_waitsInTheOrderOfArrival() throws Exception {
    var order = new LinkedBlockingQueue<Integer>();
    ModelSlots.Permit first = slots.acquire("m", 1);
    for (int i = 0; i < 5; i++) {
      int number = i;
      start(() -> pass("m", 1, number, order));
      until(() -> slots.waiting("m") == number + 1);
    }

    first.close();

    assertThat(take(order, 5)).containsExactly(0, 1, 2, 3, 4);
    until(() -> slots.running("m") == 0);
  }

  @Test
  void acquire_newcomer_doesNotOvertakeAWaiter() throws Exception {
    var order = new LinkedBlockingQueue<Integer>();
    ModelSlots.Permit first = slots.acquire("m", 1);
    start(() -> pass("m", 1, 1, order));
    until(() -> slots.waiting("m") == 1);
    first.close();

    pass("m", 1, 2, order);

    assertThat(take(order, 2)).containsExactly(1, 2);
  }

  @Test
  void acquire_interruptedWaiter_leavesTheQueue() throws Exception {
    ModelSlots.Permit first = slots.acquire("m", 1);
    Thread waiter = start(() -> pass("m", 1, 1, new LinkedBlockingQueue<>()));
    until(() -> slots.waiting("m") == 1);

    waiter.interrupt();
    waiter.join();

    assertThat(slots.waiting("m")).isZero();
    first.close();
    slots.acquire("m", 1).close();
  }

  @Test
  void acquire_moreSlotsConfigured_letsWaitersIn() throws Exception {
    var order = new LinkedBlockingQueue<Integer>();
    ModelSlots.Permit first = slots.acquire("m", 1);
    start(() -> pass("m", 1, 1, order));
    until(() -> slots.waiting("m") == 1);

    try (var _ = slots.acquire("m", 3)) {
      assertThat(take(order, 1)).containsExactly(1);
    }
    first.close();
  }

  @Test
  void close_twice_givesOneSlotBack() throws Exception {
    ModelSlots.Permit one = slots.acquire("m", 2);
    ModelSlots.Permit two = slots.acquire("m", 2);

    one.close();
    one.close();

    assertThat(slots.running("m")).isEqualTo(1);
    two.close();
    assertThat(slots.running("m")).isZero();
  }

  @Test
  void acquire_underRacesAndInterrupts_losesNoPermit() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      race(seed);
    }
  }

  private void race(long seed) throws InterruptedException {
    var random = new Random(seed);
    int limit = 1 + random.nextInt(3);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      threads.add(
          Thread.ofVirtual()
              .unstarted(() -> {
                try (var _ = slots.acquire("m", limit)) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  LockSupport.parkNanos(1_000);
                  inside.decrementAndGet();
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.start();
      if (random.nextInt(3) == 0) {
        threads.get(random.nextInt(threads.size())).interrupt();
      }
    }
    for (Thread thread : threads) {
      assertThat(thread.join(java.time.Duration.ofSeconds(10))).as("seed %d", seed).isTrue();
    }
    assertThat(most.get()).as("seed %d", seed).isLessThanOrEqualTo(limit);
    assertThat(slots.running("m")).as("seed %d", seed).isZero();
    assertThat(slots.waiting("m")).as("seed %d", seed).isZero();
  }

  private void pass(String key, int number, int name, BlockingQueue<Integer> order) {
    try (var _ = slots.acquire(key, number)) {
      order.add(name);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread start(Runnable work) {
    return Thread.ofVirtual().start(work);
  }

  private static List<Integer> take(BlockingQueue<Integer> order, int count)
      throws InterruptedException {
    var taken = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      Integer next = order.poll(5, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      taken.add(next);
    }
    return taken;
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000);
    }
  }
}
