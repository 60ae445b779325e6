package dev.memoryrouter.testing;

import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// Faults, figures and requests over HTTP, for tests that are not written in Java; all but the
/// first two by `POST`.
///
/// - `/fake/state` has figures, `/fake/calls` the chat requests since the last `/fake/forget`.
/// - `/fake/fault` takes `{"fault": "hang", "model": …, "turns": …, "skip": …, "calls": …}`, whose
///   keys are those of [FaultInjector.Target]; a fault of null heals.
/// - `/fake/unload` empties the memory; `{"load_ms": …}` is what loading a model takes from now on.
final class FakeControl {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TYPE = "application/json";
  private static final String UNKNOWN =
      "{\"error\":\"/fake/state, calls, fault, forget and unload exist\"}";

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
      case "/fake/calls" -> connection.respond(200, TYPE, calls());
      case "/fake/fault" -> fault(connection, body);
      case "/fake/forget" -> {
        fake.forget();
        connection.respond(200, TYPE, state());
      }
      case "/fake/unload" -> {
        fake.loadTime(Duration.ofMillis(body.path("load_ms").asLong(0)));
        fake.unloadAll();
        connection.respond(200, TYPE, state());
      }
      default -> connection.respond(404, TYPE, UNKNOWN);
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
    fake.inject(
        fault,
        new FaultInjector.Target(
            body.path("model").asString(FaultInjector.ALL),
            body.path("turns").asBoolean(false),
            body.path("skip").asInt(0),
            body.path("calls").asInt(Integer.MAX_VALUE)));
  }

  private String state() {
    return JSON.createObjectNode()
        .put("open", fake.openCalls())
        .put("chats", fake.chats().size())
        .put("closed_by_client", fake.closedByClient())
        .put("connections", fake.openConnections())
        .toString();
  }

  /// Oldest first; bodies are passed on as they came.
  private String calls() {
    ArrayNode all = JSON.createArrayNode();
    for (FakeUpstream.Call call : fake.chats()) {
      ObjectNode one = all.addObject().put("path", call.path());
      one.put("begun_ms", call.begunMillis()).put("ended_ms", call.endedMillis());
      one.put("open", call.isOpen()).put("closed_by_client", call.closedByClient());
      one.putRawValue("body", new RawValue(call.text()));
    }
    return all.toString();
  }
}
