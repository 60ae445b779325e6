package dev.memoryrouter.api;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.SearchResult;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON object that `GET /v1/memory/search` and `search --json` give.
public final class SearchReport {
  private SearchReport() {}

  /// What was asked.
  ///
  /// @param started `System.nanoTime()` before the search
  public record Question(String query, long started) {}

  /// The hits, best first.
  public static ObjectNode of(SearchResult.Found found, Bank bank, Question question) {
    long took = System.nanoTime() - question.started();
    ObjectNode json =
        Json.object().put("object", "list").put("query", question.query()).put("bank", bank.name());
    ArrayNode hits = json.putArray("hits");
    found.hits().forEach(hit -> hits.add(hit(hit)));
    json.put("took_ms", TimeUnit.NANOSECONDS.toMicros(took) / 1000.0);
    if (found.degraded() != null) {
      json.put("degraded", found.degraded());
    }
    return json;
  }

  private static ObjectNode hit(Hit hit) {
    ObjectNode json =
        Json.object().put("bank", hit.bank()).put("file", hit.file()).put("heading", hit.heading());
    ArrayNode path = json.putArray("heading_path");
    hit.headingPath().forEach(path::add);
    return json.put("start_line", hit.startLine())
        .put("end_line", hit.endLine())
        .put("score", Math.round(hit.score() * 10_000) / 10_000.0)
        .put("tokens", hit.tokens())
        .put("text", hit.text());
  }
}
