package dev.memoryrouter.testing;

import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Faults and figures over HTTP, for tests that are not written in Java: `POST /fake/fault` with
/// `{"fault": "hang", "model": …, "calls": …}` (a fault of null heals), `GET /fake/state`.
final class FakeControl {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TYPE = "application/json";

  private final FakeUpstream fake;

  FakeControl(FakeUpstream fake) {
    this.fake = fake;
  }

  static boolean isFor(String path) {
    return path.startsWith("/fake/");
  }

  void answer(FakeConnection connection, String path, JsonNode body) throws IOException {
    switch (path) {
      case "/fake/state" -> connection.respond(200, TYPE, state());
      case "/fake/fault" -> fault(connection, body);
      default -> connection.respond(404, TYPE, "{\"error\":\"/fake/fault and /fake/state exist\"}");
    }
  }

  private void fault(FakeConnection connection, JsonNode body) throws IOException {
    try {
      inject(body);
      connection.respond(200, TYPE, state());
    } catch (IllegalArgumentException e) {
      connection.respond(400, TYPE, FakeErrors.body(true, 400, String.valueOf(e.getMessage())));
    }
  }

  private void inject(JsonNode body) {
    String label = body.path("fault").asString("");
    if (label.isEmpty()) {
      fake.heal();
      return;
    }
    Fault fault = Fault.of(label);
    if (fault == Fault.REFUSE) {
      throw new IllegalArgumentException("a closed port cannot be opened by a request; stop me");
    }
    String model = body.path("model").asString(FaultInjector.ALL);
    fake.inject(model, fault, body.path("calls").asInt(Integer.MAX_VALUE));
  }

  private String state() {
    return JSON.createObjectNode()
        .put("open", fake.openCalls())
        .put("chats", fake.chats().size())
        .put("closed_by_client", fake.closedByClient())
        .put("connections", fake.openConnections())
        .toString();
  }
}
