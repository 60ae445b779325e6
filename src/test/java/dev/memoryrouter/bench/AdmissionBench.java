package dev.memoryrouter.bench;

import dev.memoryrouter.admission.Admission;
import dev.memoryrouter.admission.ModelId;
import dev.memoryrouter.admission.ModelLimits;
import dev.memoryrouter.admission.ModelLoader;
import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.admission.QueueSettings;
import dev.memoryrouter.admission.Ticket;
import dev.memoryrouter.admission.Turn;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A turn on a model that nobody else wants: what the queue adds to a request.
@State(Scope.Benchmark)
public class AdmissionBench {
  private static final ModelId MODEL = new ModelId("ollama", "coder");

  private final Ticket ticket =
      new Ticket("r", MODEL, PriorityClass.AGENT, "conversation", Duration.ofMinutes(30));
  private Admission admission = admission();

  private static Admission admission() {
    Map<ModelId, ModelLimits> models = new LinkedHashMap<>();
    ModelLimits limits = new ModelLimits(1, "here", 30L << 30, 512, Duration.ofMinutes(15));
    models.put(MODEL, limits);
    models.put(new ModelId("ollama", "fast"), limits);
    models.put(new ModelId("ollama", "large"), limits);
    QueueSettings settings = new QueueSettings(QueueSettings.Order.DEFAULT, 64L << 30, models);
    return new Admission(settings, new NoLoader(), System::nanoTime);
  }

  @Setup
  public void open() {
    admission = admission();
  }

  @TearDown
  public void close() {
    admission.close();
  }

  @Benchmark
  public Turn uncontended() throws InterruptedException {
    Turn turn = admission.acquire(ticket);
    if (turn instanceof Turn.Granted(var permit)) {
      permit.success(false);
    }
    return turn;
  }

  private record NoLoader() implements ModelLoader {
    @Override
    public boolean load(ModelId model) {
      return true;
    }

    @Override
    public void unload(ModelId model) {}
  }
}
