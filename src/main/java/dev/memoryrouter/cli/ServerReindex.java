package dev.memoryrouter.cli;

import dev.memoryrouter.memory.Bank;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A reindex that the running server does.
///
/// @param url base URL of the server
/// @param key that it wants
record ServerReindex(String url, Optional<String> key) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /// Asks for one bank after the other and waits for each; the object of `reindex --json`.
  ///
  /// @throws CommandFailure when the server cannot be reached or refuses
  ObjectNode run(List<Bank> banks, boolean full) throws InterruptedException {
    ObjectNode report = JSON.createObjectNode();
    ArrayNode all = report.putArray("banks");
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build()) {
      for (Bank bank : banks) {
        reindex(http, bank, full).path("banks").forEach(all::add);
      }
    }
    return report;
  }

  private JsonNode reindex(HttpClient http, Bank bank, boolean full) throws InterruptedException {
    String body = JSON.createObjectNode().put("bank", bank.name()).put("full", full).toString();
    HttpResponse<String> response;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + "/v1/memory/reindex"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body));
      key.ifPresent(value -> request.header("Authorization", "Bearer " + value));
      response = http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          "The server on %s holds the index but cannot be reached (%s): stop it, or start it anew, and try again."
              .formatted(
                  url, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }
    return answer(bank, response);
  }

  private JsonNode answer(Bank bank, HttpResponse<String> response) {
    JsonNode json = json(response.body());
    if (response.statusCode() != 200 || !json.path("banks").isArray()) {
      String reason = json.path("error").path("message").asString("no reason given");
      throw new CommandFailure(
          "The server on %s did not reindex bank %s: %d, %s"
              .formatted(url, bank.name(), response.statusCode(), reason));
    }
    return json;
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException _) {
      return JSON.createObjectNode();
    }
  }
}
