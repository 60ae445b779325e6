package dev.memoryrouter.api;

import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.retrieval.IndexReport;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON object that `POST /v1/memory/reindex` and `reindex --json` give.
public final class ReindexReport {
  private ReindexReport() {}

  /// One entry for each bank, in the order given.
  public static ObjectNode of(List<IndexReport> reports) {
    ObjectNode json = Json.object();
    ArrayNode banks = json.putArray("banks");
    reports.forEach(report -> banks.add(bank(report)));
    return json;
  }

  private static ObjectNode bank(IndexReport report) {
    ObjectNode json =
        Json.object()
            .put("bank", report.bank())
            .put("files", report.files())
            .put("sections", report.sections())
            .put("chunks", report.chunks())
            .put("embedded", report.embedded())
            .put("reused", report.reused())
            .put("deleted", report.deleted());
    ArrayNode skipped = json.putArray("skipped");
    for (Skipped file : report.skipped()) {
      skipped.addObject().put("file", file.file()).put("reason", file.reason());
    }
    return json.put("seconds", Math.round(report.seconds() * 1000) / 1000.0);
  }
}
