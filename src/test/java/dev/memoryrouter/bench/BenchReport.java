package dev.memoryrouter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/// Runs everything that is measured and writes it as a Markdown page.
public final class BenchReport {
  private static final String ALL = "dev\\.memoryrouter\\.bench\\..*";
  private static final String DECISIONS = "dev\\.memoryrouter\\.bench\\.DecisionBench\\..*";

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("AdmissionBench.uncontended", "a turn on a model that nobody else wants"),
          Map.entry("TokenBench.countCold", "count a prompt of 100,000 tokens (Qwen), no cache"),
          Map.entry("TokenBench.countWarm", "count that prompt again through the cache"),
          Map.entry(
              "ConversationBench.readJson", "read a Cline body of 100,000 tokens: its JSON alone"),
          Map.entry(
              "ConversationBench.readConversation",
              "read a Cline body of 100,000 tokens: JSON and what the agent means"),
          Map.entry("EmbeddingBench.embedQuery", "embed a short question"),
          Map.entry("EmbeddingBench.embedFullChunk", "embed a chunk of 128 word pieces"),
          Map.entry(
              "EmbeddingBench.classifyShortText",
              "tell the intent of a short text, embedding included"),
          Map.entry(
              "EmbeddingBench.classifyLongText",
              "tell the intent of a text of 100,000 tokens, embedding included"),
          Map.entry("SearchBench.search", "search the best 12 sections, vector known, among"),
          Map.entry("DecisionBench.shortWordsFirst", "first turn, short words"),
          Map.entry("DecisionBench.longWordsFirst", "first turn, 600 words"),
          Map.entry(
              "DecisionBench.shortWordsIn100k", "short words in a conversation of 100,000 tokens"),
          Map.entry(
              "DecisionBench.longWordsIn100k", "600 words in a conversation of 100,000 tokens"),
          Map.entry(
              "DecisionBench.toolLoopStepIn100k",
              "step of a tool loop in a conversation of 100,000 tokens"));

  private BenchReport() {}

  /// Arguments: the file to write, and a remark on what else ran on the machine.
  public static void main(String[] args) throws Exception {
    Path page = Path.of(args[0]);
    String remark = args.length > 1 ? args[1] : "";
    List<String> lines = new ArrayList<>(head(remark));
    lines.addAll(jmh());
    Path temp = Files.createTempDirectory("bench");
    try {
      lines.add("## Turns\n");
      lines.addAll(QueueComparison.lines());
      lines.add("## Whole server\n");
      lines.addAll(ServerBench.lines(Files.createDirectory(temp.resolve("server"))));
      if (Quality.present()) {
        lines.add("## Memory banks\n");
        lines.add(
            "Twelve real memory banks with 180 labelled questions; a wrong bank is another one that the question is not about.\n");
        lines.addAll(Quality.lines(Files.createDirectory(temp.resolve("quality"))));
      }
    } finally {
      delete(temp);
    }
    Files.writeString(page, String.join("\n", lines).strip() + "\n");
    System.out.println("Wrote " + page);
  }

  private static List<String> head(String remark) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Benchmarks\n");
    lines.add("Written by `scripts/bench.sh`; figures as measured, on the machine below.\n");
    lines.add("| | |");
    lines.add("|---|---|");
    lines.add("| date | " + LocalDate.now(ZoneOffset.UTC) + " |");
    lines.add("| CPU | " + cpu() + " |");
    lines.add("| cores | " + Runtime.getRuntime().availableProcessors() + " |");
    lines.add("| memory | " + memory() + " |");
    lines.add(
        "| system | " + System.getProperty("os.name") + " " + System.getProperty("os.arch") + " |");
    lines.add(
        "| JDK | "
            + System.getProperty("java.vendor")
            + " "
            + System.getProperty("java.runtime.version")
            + " |");
    lines.add("| beside it | " + (remark.isBlank() ? "not said" : remark) + " |");
    lines.add("");
    return lines;
  }

  private static String cpu() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return "not known";
    }
    try (Stream<String> lines = Files.lines(info)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("not known");
    }
  }

  private static String memory() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.round(system.getTotalMemorySize() / 1e9) + " GB"
        : "not known";
  }

  private static List<String> jmh() throws RunnerException {
    List<String> lines = new ArrayList<>();
    lines.add("## Parts\n");
    lines.add("JMH, one fork, two warm-up and four measured rounds of a second; one thread.\n");
    lines.add("| what | mean in µs | ± (99.9 %) |");
    lines.add("|---|---|---|");
    Options parts = options(Mode.AverageTime).include(ALL).exclude(DECISIONS).build();
    new Runner(parts).run().forEach(result -> lines.add(row(result)));
    lines.add("\n## Decisions\n");
    lines.add(
        "Everything that is decided for a request of Cline (system prompt of 10,000 tokens) once its JSON is read, without retrieval; the newest message is a new one each time.\n");
    lines.add("| decision | p50 in ms | p99 in ms |");
    lines.add("|---|---|---|");
    Options decisions = options(Mode.SampleTime).include(DECISIONS).build();
    new Runner(decisions).run().forEach(result -> lines.add(percentiles(result)));
    lines.add("");
    return lines;
  }

  private static ChainedOptionsBuilder options(Mode mode) {
    return new OptionsBuilder()
        .mode(mode)
        .timeUnit(TimeUnit.MICROSECONDS)
        .forks(1)
        .warmupIterations(2)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(4)
        .measurementTime(TimeValue.seconds(1))
        .jvmArgs("--enable-native-access=ALL-UNNAMED");
  }

  private static String percentiles(RunResult result) {
    Statistics micros = result.getPrimaryResult().getStatistics();
    return "| %s | %s | %s |"
        .formatted(
            name(result),
            Figures.format(micros.getPercentile(50) / 1_000),
            Figures.format(micros.getPercentile(99) / 1_000));
  }

  private static String name(RunResult result) {
    String full = result.getParams().getBenchmark();
    String name = full.substring("dev.memoryrouter.bench.".length());
    return NAMES.getOrDefault(name, name);
  }

  private static String row(RunResult result) {
    String sections = result.getParams().getParam("sections");
    Result<?> figure = result.getPrimaryResult();
    return "| %s%s | %s | %s |"
        .formatted(
            name(result),
            sections == null ? "" : " " + sections,
            Figures.format(figure.getScore()),
            Figures.format(figure.getScoreError()));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
