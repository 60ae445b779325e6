package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A running server follows the files of its banks by itself.
class FreshnessIT {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  /// A save takes about one second to the answers, more on a machine that does other work too.
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir static Path root;
  private static TestServer server;
  private static Path bank;
  private static Path projects;

  @BeforeAll
  static void start() throws IOException {
    bank = root.resolve("memory-bank");
    projects = Files.createDirectory(root.resolve("projects"));
    TestServer.prepare(root);
    Path config = root.resolve("config/server.yaml");
    Files.writeString(
        config,
        Files.readString(config).replace("bank-roots: []", "bank-roots: [" + projects + "]"));
    server = TestServer.start(root, NOBODY, Map.of());
    server.awaitIndex();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void save_isFoundSoon_andOnlyItsSectionIsEmbedded() throws Exception {
    Path file = bank.resolve("techContext.md");
    Files.writeString(
        file, Files.readString(file) + "\n## Clocks\n\nA quokka winds the clock at noon.\n");
    await("", "quokka", "techContext.md");
    JsonNode report = server.postJson("/v1/memory/reindex", "{\"bank\":\"default\"}");
    assertThat(report.at("/banks/0/embedded").asInt()).isZero();
    assertThat(server.getJson("/health").at("/components/memory_bank/embedded_share").asDouble())
        .isEqualTo(1);
  }

  @Test
  void saveByRename_andDeletion_areFollowed() throws Exception {
    Path file = bank.resolve("renamed.md");
    Files.writeString(file, "# Old\n\nThe wombat digs.\n");
    await("", "wombat", "renamed.md");
    Path swap = Files.writeString(bank.resolve(".renamed.md.swp"), "# New\n\nThe numbat runs.\n");
    Files.move(swap, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    await("", "numbat", "renamed.md");
    assertThat(found("", "wombat")).doesNotContain("renamed.md");
    Files.delete(file);
    awaitGone("numbat", "renamed.md");
  }

  @Test
  void folderThatAppearsLater_andAllItsFiles_areFollowed() throws Exception {
    Path folder = root.resolve("checkout");
    for (int i = 0; i < 500; i++) {
      Path file = folder.resolve("part" + i % 20).resolve("note" + i + ".md");
      Files.createDirectories(file.getParent());
      Files.writeString(file, "# Note " + i + "\n\nThe bandicoot number" + i + " hides.\n");
    }
    Files.move(folder, bank.resolve("checkout"));
    await("", "number499", "checkout/part19/note499.md");
    Files.move(bank.resolve("checkout"), root.resolve("elsewhere"));
    awaitGone("number499", "checkout/part19/note499.md");
    assertThat(server.getJson("/v1/memory/banks").at("/data/0/files").asInt()).isLessThan(10);
  }

  @Test
  void projectBelowABankRoot_becomesABank_andLeaves() throws Exception {
    Path notes = Files.createDirectories(projects.resolve("shop/memory-bank"));
    Files.writeString(notes.resolve("projectbrief.md"), "# Shop\n\nIt sells bilbies.\n");
    await("&bank=shop", "bilbies", "projectbrief.md");
    assertThat(server.get("/v1/models").body()).contains("cline-memory-router/shop");
    assertThat(found("", "bilbies")).isEmpty();
    Files.delete(notes.resolve("projectbrief.md"));
    Files.delete(notes);
    Awaitility.await()
        .atMost(SOON)
        .until(() -> server.get("/v1/memory/search?query=x&bank=shop").statusCode() == 404);
  }

  private static void await(String bank, String word, String file) {
    Awaitility.await(word)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> found(bank, word).contains(file));
  }

  private static void awaitGone(String word, String file) {
    Awaitility.await(word)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !found("", word).contains(file));
  }

  /// Files of the passages that have the word.
  private static List<String> found(String bank, String word) throws Exception {
    String query = URLEncoder.encode(word, StandardCharsets.UTF_8);
    JsonNode hits = server.getJson("/v1/memory/search?limit=3&query=" + query + bank).path("hits");
    return hits.valueStream()
        .filter(hit -> hit.path("text").asString("").contains(word))
        .map(hit -> hit.path("file").asString(""))
        .toList();
  }
}
