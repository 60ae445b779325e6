package dev.memoryrouter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.admission.QueueSettings.Order;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The queue keeps its promises under traffic of every kind. `-Dsimulation.seeds=10000` for the
/// long run, `-Dsimulation.first=N` to begin with another seed.
class SimulationTest {
  private static final long FIRST = Long.getLong("simulation.first", 1);
  private static final long SEEDS = Long.getLong("simulation.seeds", 200);

  static Stream<Arguments> scenariosAndSeeds() {
    return Arrays.stream(Scenario.values())
        .flatMap(scenario ->
            LongStream.range(FIRST, FIRST + SEEDS).mapToObj(seed -> Arguments.of(scenario, seed)));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("scenariosAndSeeds")
  void run_everyPromiseIsKept(Scenario scenario, long seed) {
    Simulation.Result result = new Simulation(scenario, seed, Order.DEFAULT, true).run();

    assertThat(result.served()).as("requests served").isPositive();
  }
}
