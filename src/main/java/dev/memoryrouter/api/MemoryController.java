package dev.memoryrouter.api;

import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.retrieval.BankStatus;
import dev.memoryrouter.retrieval.IndexReport;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.IndexingException;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The memory banks: search, list, reindex.
@Controller("/v1/memory")
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class MemoryController {
  private static final int FEW = 10;
  private static final int MANY = 100;
  private static final int SOON = 5;

  private final Setups setups;
  private final Retriever retriever;
  private final Indexer indexer;

  MemoryController(Setups setups, Retriever retriever, Indexer indexer) {
    this.setups = setups;
    this.retriever = retriever;
    this.indexer = indexer;
  }

  /// The passages of a bank that help with a question.
  @Get("/search")
  @Endpoint(
      summary = "The passages of a bank that help with a question.",
      answer = "SearchResult",
      query = {"query", "bank", "limit"})
  HttpResponse<?> search(HttpRequest<?> request) {
    String query = request.getParameters().get("query");
    if (query == null || query.isBlank()) {
      throw new ApiException(ApiError.badRequest("query", "\"query\" is missing or blank."));
    }
    Bank bank = bank(request.getParameters().get("bank"));
    int limit = limit(request.getParameters().get("limit"));
    long started = System.nanoTime();
    return switch (retriever.search(bank, query, limit)) {
      case SearchResult.Found found ->
          Replies.json(SearchReport.of(found, bank, new SearchReport.Question(query, started)));
      case SearchResult.NoIndex(_, String reason) ->
          ErrorResponses.response(
              new ApiError(503, "server_error", "no_index", null, reason, SOON));
    };
  }

  /// The configured banks with the state of their index.
  @Get("/banks")
  @Endpoint(summary = "The configured banks.", answer = "BankList")
  HttpResponse<?> banks() {
    ObjectNode json = Json.object().put("object", "list");
    ArrayNode data = json.putArray("data");
    Banks banks = setups.get().banks();
    banks.all().forEach(bank -> data.add(status(bank, bank.equals(banks.defaultBank()))));
    return Replies.json(json);
  }

  /// Brings one bank or all up to date; answers when it is done.
  @Post(value = "/reindex", consumes = MediaType.ALL)
  @Endpoint(
      summary = "Brings the index up to date; answers when it is done.",
      body = "ReindexRequest",
      answer = "ReindexReport")
  HttpResponse<?> reindex(HttpRequest<?> request) {
    byte[] bytes = Requests.body(request);
    RequestBody body =
        bytes.length == 0 ? new RequestBody(Json.object(), "") : RequestBody.parse(bytes);
    String name = body.string("bank");
    boolean full = body.bool("full", false);
    List<Bank> banks = name == null ? setups.get().banks().all() : List.of(bank(name));
    List<IndexReport> reports = new ArrayList<>();
    for (Bank bank : banks) {
      reports.add(reindex(bank, full));
    }
    return Replies.json(ReindexReport.of(reports));
  }

  private IndexReport reindex(Bank bank, boolean full) {
    try {
      return indexer.reindex(bank, full, (_, _) -> {});
    } catch (IndexingException e) {
      throw new ApiException(
          new ApiError(
              503, "server_error", "reindex_failed", null, String.valueOf(e.getMessage()), SOON));
    }
  }

  private Bank bank(@Nullable String name) {
    Banks banks = setups.get().banks();
    if (name == null) {
      return banks.defaultBank();
    }
    return banks
        .byName(name)
        .orElseThrow(() ->
            new ApiException(
                ApiError.notFound(
                    "bank_not_found",
                    "bank",
                    "There is no memory bank \"%s\". Configured banks: %s."
                        .formatted(
                            name,
                            String.join(", ", banks.all().stream().map(Bank::name).toList())))));
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return FEW;
    }
    try {
      int limit = Integer.parseInt(text.strip());
      if (limit >= 1 && limit <= MANY) {
        return limit;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new ApiException(
        ApiError.badRequest(
            "limit",
            "\"limit\" must be a whole number from 1 to %d, not \"%s\".".formatted(MANY, text)));
  }

  private ObjectNode status(Bank bank, boolean isDefault) {
    BankStatus status = indexer.status(bank);
    return Json.object()
        .put("name", bank.name())
        .put("path", bank.root().toString())
        .put("workspace", bank.workspace())
        .put("default", isDefault)
        .put("files", status.files())
        .put("sections", status.sections())
        .put("chunks", status.chunks())
        .put("last_indexed", status.lastIndexed() == null ? null : status.lastIndexed().toString());
  }
}
