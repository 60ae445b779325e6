package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `eval retrieval` with the real embedding model on two small banks.
class EvalRetrievalIT {
  private static final Path BANKS = Path.of("src/test/resources/labelled-banks").toAbsolutePath();

  @TempDir private Path root;

  private CommandRun run(String... arguments) throws IOException {
    return CommandRun.of(root, Map.of(), arguments);
  }

  @Test
  void evalRetrieval_json_lastLineHoldsAllFigures() throws IOException {
    CommandRun run = run("eval", "retrieval", BANKS.toString(), "--compare", "--json");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = run.json();
    assertThat(json.path("queries").asInt()).isEqualTo(5);
    assertThat(json.path("ndcg_10").asDouble()).isGreaterThan(0.9);
    assertThat(json.path("recall_5").asDouble()).isEqualTo(1);
    assertThat(json.path("mrr_10").asDouble()).isGreaterThan(0.9);
    assertThat(json.path("hit_1").asDouble()).isGreaterThan(0.7);
    assertThat(json.path("kinds"))
        .extracting(kind -> kind.path("kind").asString())
        .containsExactly("keyword", "question", "status", "task");
    assertThat(json.path("banks"))
        .extracting(bank -> bank.path("queries").asInt())
        .containsExactly(3, 2);
    assertThat(json.path("methods").propertyNames()).containsExactly("fused", "dense", "sparse");
    assertThat(json.path("answer_in_budget").path("share").asDouble()).isEqualTo(1);
    assertThat(json.path("false_injections").path("wrong_bank").path("queries").asInt())
        .isEqualTo(5);
    assertThat(json.path("false_injections").path("none").path("queries").asInt()).isEqualTo(1);
    assertThat(json.path("false_injections").path("none").path("injected").asInt()).isZero();
    assertThat(json.path("latency_ms").path("p99").asDouble()).isPositive();
  }

  @Test
  void evalRetrieval_indexLockedByAnother_worksAndLeavesItAlone() throws IOException {
    TestServer.prepare(root);
    Path store = Files.createDirectories(root.resolve("vector-stores"));
    try (FileChannel channel =
            FileChannel.open(
                store.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      CommandRun run = run("eval", "retrieval", BANKS.resolve("ferry").toString());
      assertThat(lock.isValid()).isTrue();
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("all, fused").contains("task").doesNotContain("dense");
    }
    assertThat(store.resolve("lucene")).doesNotExist();
  }

  @Test
  void evalRetrieval_noLabelledBanks_saysWhatIsNeeded() throws IOException {
    CommandRun run = run("eval", "retrieval", root.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("queries.jsonl").contains("memory-bank");
    assertThat(run("eval", "retrieval", root.resolve("gone").toString()).err())
        .contains("No such folder");
  }

  @Test
  void evalRetrieval_brokenLabels_namesFileAndLine() throws IOException {
    Path bank = Files.createDirectories(root.resolve("banks/shop/memory-bank"));
    Path queries = bank.resolveSibling("queries.jsonl");
    Files.writeString(queries, "\n{\"id\": \"a\", \"kind\": \"status\", \"relevant\": []}\n");
    CommandRun run = run("eval", "retrieval", root.resolve("banks").toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("queries.jsonl:2: query must be");
    Files.writeString(queries, "{nonsense");
    assertThat(run("eval", "retrieval", root.resolve("banks").toString()).err())
        .contains("queries.jsonl:1: not JSON");
  }

  @Test
  void eval_alone_listsWhatCanBeMeasured() throws IOException {
    CommandRun run = run("eval");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("retrieval");
  }
}
