package dev.memoryrouter.admission;

import static dev.memoryrouter.admission.QueueDriver.A;
import static dev.memoryrouter.admission.QueueDriver.B;
import static dev.memoryrouter.admission.QueueDriver.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
  private static final Duration LONG = Duration.ofHours(10);

  private final QueueDriver queue = new QueueDriver(QueueDriver.settings(Order.DEFAULT, null));

  /// Room for one of the three models.
  private final QueueDriver tight = new QueueDriver(QueueDriver.settings(Order.DEFAULT, 15L));

  @Test
  void arrived_freeSlot_isAdmittedAtOnce() {
    queue.arrive("1", A).arrive("2", B);

    assertThat(queue.admitted).containsExactly("1", "2");
  }

  @Test
  void arrived_sameIdTwice_isAnError() {
    queue.arrive("1", A).arrive("2", A);

    assertThatThrownBy(() -> queue.arrive("1", A)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.arrive("2", A)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void finished_sameClass_inTheOrderOfArrival() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A).arrive("4", A).finishAll();

    assertThat(queue.admitted).containsExactly("1", "2", "3", "4");
  }

  @Test
  void finished_classes_inTheirOrder() {
    queue
        .arrive("running", A)
        .arrive("helper", A, PriorityClass.HELPER)
        .arrive("background", A, PriorityClass.BACKGROUND)
        .arrive("subagent", A, PriorityClass.SUBAGENT)
        .arrive("agent", A, PriorityClass.AGENT)
        .arrive("person", A, PriorityClass.INTERACTIVE)
        .finishAll();

    assertThat(queue.admitted)
        .containsExactly("running", "person", "agent", "subagent", "background", "helper");
  }

  @Test
  void finished_waiterOfOneIntervalMore_hasRisenByOneClass() {
    queue
        .arrive("running", A)
        .arrive("subagent", A, PriorityClass.SUBAGENT)
        .after(Order.DEFAULT.aging())
        .arrive("agent", A, PriorityClass.AGENT)
        .arrive("person", A)
        .finishAll();

    assertThat(queue.admitted).containsExactly("running", "person", "subagent", "agent");
  }

  @Test
  void finished_helperThatWaitedLong_isNotStarvedByPeople() {
    queue.arrive("0", A).arrive("helper", A, PriorityClass.HELPER);
    for (int i = 1; i <= 40; i++) {
      queue.arrive("person-" + i, A).after(Order.DEFAULT.aging().dividedBy(2));
      queue.finish(queue.admitted.getLast());
    }

    // Four classes at an interval each, two people in an interval.
    assertThat(queue.admitted.indexOf("helper")).isBetween(8, 9);
  }

  @Test
  void finished_twice_freesOneSlot() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A).finish("1").finish("1", Outcome.DROPPED);

    assertThat(queue.admitted).containsExactly("1", "2");
  }

  @Test
  void gaveUp_waiter_isGoneAtOnce() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A).giveUp("2");

    assertThat(queue.place("3").number()).isEqualTo(1);
    assertThat(queue.finishAll().admitted).containsExactly("1", "3");
  }

  @Test
  void gaveUp_runningOrUnknown_changesNothing() {
    queue.arrive("1", A).arrive("2", A).giveUp("1").giveUp("nobody");

    assertThat(queue.admitted).containsExactly("1");
  }

  @Test
  void configured_moreSlots_letWaitersIn() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A);

    queue.configure(QueueDriver.settings(new ModelLimits(2, "here", 10, 100, LONG)));

    assertThat(queue.admitted).containsExactly("1", "2");
  }

  @Test
  void configured_modelIsGone_itsWaitersAreStillServed() {
    queue.arrive("1", B).arrive("2", B);

    queue.configure(QueueDriver.settings(new ModelLimits(1, "here", 10, 100, LONG)));

    assertThat(queue.finishAll().admitted).containsExactly("1", "2");
  }

  @Test
  void configured_modelIsGone_itsWaitersStillCountWithItsMemory() {
    tight.arrive("A1", A).arrive("B1", B);
    ModelLimits limits = new ModelLimits(1, "here", 10, 100, LONG);

    tight.configure(new QueueSettings(Order.DEFAULT, 15L, Map.of(A, limits)));

    assertThat(tight.admitted).containsExactly("A1");
    assertThat(tight.finish("A1").unloaded).containsExactly(A);
    assertThat(tight.admitted).containsExactly("A1", "B1");
    assertThat(tight.view().memoryUsed()).isEqualTo(10);
  }

  // Memory

  @Test
  void swap_alternatingRequests_areGrouped() {
    tight.arrive("A1", A);
    tight.arrive("B1", B).arrive("A2", A).arrive("B2", B).arrive("A3", A).arrive("B3", B);

    assertThat(tight.finishAll().admitted).containsExactly("A1", "A2", "A3", "B1", "B2", "B3");
    assertThat(tight.unloaded).containsExactly(A);
  }

  @Test
  void swap_steadyRequestsForTheLoadedModel_doNotStarveTheOther() {
    tight.arrive("A0", A).arrive("B", B);
    for (int i = 1; i < 20; i++) {
      tight.arrive("A" + i, A).after(Duration.ofMillis(100));
      tight.finish(tight.admitted.getLast());
    }

    int limit = Order.DEFAULT.overtakeLimit();
    assertThat(tight.admitted.indexOf("B")).isEqualTo(limit + 1);
  }

  @Test
  void swap_lowerClass_doesNotOvertake() {
    tight.arrive("A1", A).arrive("B1", B).arrive("A2", A, PriorityClass.BACKGROUND).finishAll();

    assertThat(tight.admitted).containsExactly("A1", "B1", "A2");
  }

  @Test
  void swap_higherClassOfAnotherModel_goesFirst() {
    tight
        .arrive("A1", A)
        .arrive("A2", A, PriorityClass.SUBAGENT)
        .arrive("B1", B, PriorityClass.INTERACTIVE)
        .finish("A1");

    assertThat(tight.admitted).containsExactly("A1", "B1");
  }

  @Test
  void swap_busyModel_isNotUnloaded() {
    tight.arrive("A1", A).arrive("B1", B).after(Duration.ofMinutes(5));

    assertThat(tight.unloaded).isEmpty();
    assertThat(tight.finish("A1").unloaded).containsExactly(A);
    assertThat(tight.admitted).containsExactly("A1", "B1");
  }

  @Test
  void swap_threeModels_leastRecentlyUsedLeaves() {
    QueueDriver two = new QueueDriver(QueueDriver.settings(Order.DEFAULT, 25L));
    two.arrive("A1", A).arrive("B1", B).finish("B1").finish("A1");
    two.arrive("A2", A).finish("A2");

    two.arrive("C1", C);

    assertThat(two.admitted).endsWith("C1");
    assertThat(two.unloaded).containsExactly(B);
  }

  @Test
  void swap_smallModelBesideTheAwaitedOne_doesNotWait() {
    ModelLimits small = new ModelLimits(1, "here", 5, 100, LONG);
    ModelLimits half = new ModelLimits(1, "here", 50, 100, LONG);
    QueueDriver mixed =
        new QueueDriver(new QueueSettings(Order.DEFAULT, 60L, Map.of(A, half, B, half, C, small)));

    mixed.arrive("A1", A).arrive("B1", B).arrive("C1", C);

    assertThat(mixed.admitted).containsExactly("A1", "C1");
    assertThat(mixed.finishAll().admitted).containsExactly("A1", "C1", "B1");
  }

  @Test
  void swap_modelLargerThanTheBudget_isLoadedAlone() {
    QueueDriver narrow = new QueueDriver(QueueDriver.settings(Order.DEFAULT, 5L));

    narrow.arrive("A1", A).arrive("B1", B).finishAll();

    assertThat(narrow.admitted).containsExactly("A1", "B1");
    assertThat(narrow.view().memoryUsed()).isEqualTo(5);
  }

  @Test
  void swap_modelsOnOtherMachines_doNotContend() {
    ModelLimits here = new ModelLimits(1, "here", 10, 100, LONG);
    ModelLimits there = new ModelLimits(1, "there", 10, 100, LONG);
    QueueDriver two =
        new QueueDriver(new QueueSettings(Order.DEFAULT, 15L, Map.of(A, here, B, here, C, there)));

    two.arrive("A1", A).arrive("B1", B).arrive("C1", C);

    assertThat(two.admitted).containsExactly("A1", "C1");
    assertThat(two.finishAll().unloaded).containsExactly(A);
  }

  // Conversations

  @Test
  void toolCall_slotIsKeptForTheConversation() {
    queue
        .arrive("1", A, PriorityClass.AGENT, "first")
        .arrive("2", A, PriorityClass.AGENT, "second")
        .finishWithToolCall("1")
        .after(Duration.ofSeconds(1))
        .arrive("3", A, PriorityClass.AGENT, "first");

    assertThat(queue.admitted).containsExactly("1", "3");
  }

  @Test
  void toolCall_conversationDoesNotComeBack_slotIsGivenAfterTheLinger() {
    queue
        .arrive("1", A, PriorityClass.AGENT, "first")
        .arrive("2", A, PriorityClass.AGENT, "second")
        .finishWithToolCall("1")
        .after(Order.DEFAULT.linger().minusMillis(1));
    assertThat(queue.admitted).containsExactly("1");

    queue.after(Duration.ofMillis(1));

    assertThat(queue.admitted).containsExactly("1", "2");
  }

  @Test
  void toolCall_endlessToolLoop_passesAnotherOnlySoOften() {
    queue.arrive("loop-0", A, PriorityClass.AGENT, "loop");
    queue.arrive("other", A, PriorityClass.AGENT, "other");
    for (int i = 1; i < 10 && !queue.admitted.contains("other"); i++) {
      queue.after(Duration.ofSeconds(5)).finishWithToolCall(queue.admitted.getLast());
      queue.arrive("loop-" + i, A, PriorityClass.AGENT, "loop");
    }

    assertThat(queue.admitted.indexOf("other")).isEqualTo(Order.DEFAULT.warmLimit() + 1);
  }

  @Test
  void toolCall_personWaits_isPassedOnce() {
    queue.arrive("loop-0", A, PriorityClass.AGENT, "loop").arrive("person", A);
    for (int i = 1; i < 10 && !queue.admitted.contains("person"); i++) {
      queue.after(Duration.ofSeconds(5)).finishWithToolCall(queue.admitted.getLast());
      queue.arrive("loop-" + i, A, PriorityClass.AGENT, "loop");
    }

    assertThat(queue.admitted).containsExactly("loop-0", "loop-1", "person");
  }

  @Test
  void finished_equals_warmConversationGoesFirst() {
    queue
        .arrive("1", A, PriorityClass.AGENT, "warm")
        .arrive("2", A, PriorityClass.AGENT, "cold")
        .arrive("3", A, PriorityClass.AGENT, "warm")
        .arrive("person", A)
        .finish("1");
    assertThat(queue.admitted).as("a better class still goes first").containsExactly("1", "person");

    QueueDriver equals = new QueueDriver(QueueDriver.settings(Order.DEFAULT, null));
    equals
        .arrive("1", A, PriorityClass.AGENT, "warm")
        .arrive("2", A, PriorityClass.AGENT, "cold")
        .arrive("3", A, PriorityClass.AGENT, "warm")
        .finishAll();
    assertThat(equals.admitted).containsExactly("1", "3", "2");
  }

  @Test
  void toolCall_modelOfKeptSlotIsNeededForASwap_waitsForTheConversationOfItsClass() {
    tight
        .arrive("A1", A, PriorityClass.AGENT, "loop")
        .arrive("B1", B, PriorityClass.AGENT, "other")
        .finishWithToolCall("A1");
    assertThat(tight.admitted).containsExactly("A1");

    tight.after(Duration.ofSeconds(1)).arrive("A2", A, PriorityClass.AGENT, "loop");
    assertThat(tight.admitted).containsExactly("A1", "A2");

    tight.arrive("person", B).finishWithToolCall("A2");
    assertThat(tight.admitted).containsExactly("A1", "A2", "person");
  }

  @Test
  void toolCall_conversationGoesToAnotherModel_noMoreRunThanThereAreSlots() {
    queue
        .arrive("B1", B)
        .arrive("1", A, PriorityClass.AGENT, "wanders")
        .finishWithToolCall("1")
        .arrive("2", A, PriorityClass.AGENT, "other")
        .arrive("3", B, PriorityClass.AGENT, "wanders");

    assertThat(queue.admitted).containsExactly("B1", "1", "2");
    assertThat(queue.finish("B1").admitted).containsExactly("B1", "1", "2", "3");
  }

  @Test
  void toolCall_conversationGoesToAnotherModel_slotIsNotKeptAnyMore() {
    tight
        .arrive("A1", A, PriorityClass.AGENT, "wanders")
        .finishWithToolCall("A1")
        .arrive("B1", B, PriorityClass.AGENT, "wanders");

    assertThat(tight.admitted).containsExactly("A1", "B1");
  }

  // Bounds

  @Test
  void arrived_queueIsFull_isRefusedUntilTheNextPlace() {
    QueueDriver small =
        new QueueDriver(QueueDriver.settings(new ModelLimits(1, "here", 0, 1, LONG)));
    small.arrive("0", A).after(Duration.ofSeconds(20)).finish("0");

    small.arrive("1", A).arrive("2", A).arrive("3", A);

    assertThat(small.reason("3")).isEqualTo(RefusalReason.FULL);
    assertThat(small.refusal("3").retryAfter()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void arrived_nobodyMayWait_freeSlotIsStillGiven() {
    QueueDriver none =
        new QueueDriver(QueueDriver.settings(new ModelLimits(1, "here", 0, 0, LONG)));

    none.arrive("1", A).arrive("2", A);

    assertThat(none.admitted).containsExactly("1");
    assertThat(none.reason("2")).isEqualTo(RefusalReason.FULL);
  }

  @Test
  void arrived_estimateBeyondItsTime_isRefused() {
    queue.arrive("0", A).after(Duration.ofSeconds(30)).finish("0");
    queue.arrive("1", A).arrive("2", A);

    queue.arrive(new Ticket("3", A, PriorityClass.AGENT, null, Duration.ofSeconds(50)));

    assertThat(queue.reason("3")).isEqualTo(RefusalReason.HOPELESS);
    assertThat(queue.refusal("3").retryAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void arrived_longestRetry_isAMinute() {
    queue.arrive("0", A).after(Duration.ofMinutes(30)).finish("0");

    queue
        .arrive("1", A)
        .arrive(new Ticket("2", A, PriorityClass.AGENT, null, Duration.ofSeconds(1)));

    assertThat(queue.refusal("2").retryAfter()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void timePassed_waitLimit_isRefusedOnTime() {
    QueueDriver limited =
        new QueueDriver(
            QueueDriver.settings(new ModelLimits(1, "here", 0, 10, Duration.ofSeconds(90))));
    limited.arrive("1", A).after(Duration.ofSeconds(10)).arrive("2", A);

    limited.after(Duration.ofSeconds(89));
    assertThat(limited.refused).isEmpty();
    limited.after(Duration.ofSeconds(1));

    assertThat(limited.reason("2")).isEqualTo(RefusalReason.WAITED_TOO_LONG);
    assertThat(limited.finish("1").admitted).containsExactly("1");
  }

  @Test
  void timePassed_requestsOwnTime_isRefusedOnTime() {
    queue
        .arrive("1", A)
        .arrive(new Ticket("2", A, PriorityClass.AGENT, null, Duration.ofSeconds(5)))
        .after(Duration.ofSeconds(5));

    assertThat(queue.reason("2")).isEqualTo(RefusalReason.WAITED_TOO_LONG);
  }

  @Test
  void place_saysPositionAndEstimate() {
    queue.arrive("0", A).after(Duration.ofSeconds(20)).finish("0");
    queue.arrive("1", A).after(Duration.ofSeconds(5));

    queue
        .arrive("2", A, PriorityClass.AGENT)
        .arrive("3", A, PriorityClass.AGENT)
        .arrive("4", A, PriorityClass.INTERACTIVE);

    assertThat(queue.place("4")).isEqualTo(new QueueView.Place(1, 3, Duration.ofSeconds(15)));
    assertThat(queue.place("2")).isEqualTo(new QueueView.Place(2, 3, Duration.ofSeconds(35)));
    assertThat(queue.place("3")).isEqualTo(new QueueView.Place(3, 3, Duration.ofSeconds(55)));
  }

  @Test
  void view_saysWhatRunsAndWaits() {
    queue.arrive("0", A).after(Duration.ofSeconds(20)).finish("0");
    queue.arrive("1", A).arrive("2", A, PriorityClass.SUBAGENT).after(Duration.ofSeconds(3));

    QueueView.Model model =
        queue.view().models().stream().filter(it -> it.id().equals(A)).findFirst().orElseThrow();

    assertThat(model.running()).isEqualTo(1);
    assertThat(model.resident()).isTrue();
    assertThat(model.byClass()).containsExactly(Map.entry(PriorityClass.SUBAGENT, 1));
    assertThat(model.oldestWait()).isEqualTo(Duration.ofSeconds(3));
    assertThat(model.estimate()).isEqualTo(Duration.ofSeconds(17));
    assertThat(model.bound()).isEqualTo(Duration.ofMillis(5 * 21_500));
    assertThat(model.waiting().getFirst().bound())
        .isEqualTo(Order.DEFAULT.aging().multipliedBy(2).plusMillis(4 * 21_500));
  }

  @Test
  void view_bound_countsFailedAndRunningTurns() {
    queue.arrive("0", A).after(Duration.ofSeconds(20)).finish("0");
    queue.arrive("1", A).after(Duration.ofSeconds(50)).finish("1", Outcome.DROPPED);
    assertThat(boundOfA()).isEqualTo(Duration.ofSeconds(206));

    queue.arrive("2", A).after(Duration.ofSeconds(90));
    assertThat(boundOfA()).isEqualTo(Duration.ofSeconds(366));
  }

  private Duration boundOfA() {
    return queue.view().models().stream()
        .filter(it -> it.id().equals(A))
        .map(QueueView.Model::bound)
        .findFirst()
        .orElseThrow();
  }

  // What administrators and upstreams do

  @Test
  void cleared_allWhoWaitAreRefused_newOnesAreWelcome() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A).clear().arrive("4", A);

    assertThat(queue.reason("2")).isEqualTo(RefusalReason.REMOVED);
    assertThat(queue.reason("3")).isEqualTo(RefusalReason.REMOVED);
    assertThat(queue.finishAll().admitted).containsExactly("1", "4");
  }

  @Test
  void removed_oneWhoWaits_isRefused() {
    queue.arrive("1", A).arrive("2", A).arrive("3", A).remove("2").remove("nobody");

    assertThat(queue.reason("2")).isEqualTo(RefusalReason.REMOVED);
    assertThat(queue.finishAll().admitted).containsExactly("1", "3");
  }

  @Test
  void drained_nobodyWaitsAnyMore_turnsGoOn() {
    queue.arrive("1", A).arrive("2", A).drain().arrive("3", B);

    assertThat(queue.reason("2")).isEqualTo(RefusalReason.DRAINING);
    assertThat(queue.reason("3")).isEqualTo(RefusalReason.DRAINING);
    assertThat(queue.view().totals().running()).isEqualTo(1);
    assertThat(queue.finish("1").view().totals().running()).isZero();
  }

  @Test
  void upstreamChanged_slotsThatItSays_holdUnlessConfigured() {
    QueueDriver unsaid =
        new QueueDriver(QueueDriver.settings(new ModelLimits(null, "here", 0, 10, LONG)));
    unsaid.arrive("1", A).arrive("2", A).arrive("3", A);
    assertThat(unsaid.admitted).containsExactly("1");

    unsaid.report(report(unsaid, Set.of("A"), Map.of("A", 2)));

    assertThat(unsaid.admitted).containsExactly("1", "2");
  }

  @Test
  void upstreamChanged_gone_whoWaitsIsRefused() {
    queue.arrive("1", A).arrive("2", A);

    queue.report(new UpstreamReport("up", false, Set.of(), Map.of(), queue.now()));

    assertThat(queue.reason("2")).isEqualTo(RefusalReason.UNREACHABLE);
  }

  @Test
  void upstreamChanged_unloadedByItself_roomIsFree() {
    tight.arrive("A1", A).finish("A1").after(Duration.ofMinutes(1));

    tight.report(report(tight, Set.of("B"), Map.of()));
    tight.arrive("B1", B);

    assertThat(tight.unloaded).isEmpty();
    assertThat(tight.admitted).containsExactly("A1", "B1");
  }

  @Test
  void upstreamChanged_askedBeforeTheLoad_isNoNews() {
    UpstreamReport old = report(tight, Set.of("B"), Map.of());
    tight.after(Duration.ofSeconds(1)).arrive("A1", A).finish("A1");

    tight.report(old);

    assertThat(tight.view().models())
        .filteredOn(QueueView.Model::resident)
        .extracting(QueueView.Model::id)
        .containsExactly(A);
  }

  private static UpstreamReport report(
      QueueDriver queue, Set<String> resident, Map<String, Integer> slots) {
    return new UpstreamReport("up", true, resident, slots, queue.now());
  }

  // Loading ahead

  @Test
  void wanted_room_isLoaded() {
    tight.want(A).want(A);

    assertThat(tight.loaded).containsExactly(A);
    assertThat(tight.loaded(A, true).view().memoryUsed()).isEqualTo(10);
  }

  @Test
  void wanted_noRoom_isNotLoaded() {
    tight.arrive("A1", A).finish("A1").want(B);

    assertThat(tight.loaded).isEmpty();
    assertThat(tight.unloaded).isEmpty();
  }

  @Test
  void wanted_whileItLoads_itStays() {
    tight.want(A).arrive("B1", B);
    assertThat(tight.admitted).isEmpty();

    tight.loaded(A, true);

    assertThat(tight.admitted).containsExactly("B1");
    assertThat(tight.unloaded).containsExactly(A);
  }

  @Test
  void wanted_loadFails_roomIsFree() {
    tight.want(A).loaded(A, false);

    assertThat(tight.view().memoryUsed()).isZero();
  }
}
