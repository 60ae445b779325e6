package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeUpstreamTest {
  private final FakeUpstream fake = FakeUpstream.start("a", "b");
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    http.close();
    fake.close();
  }

  private HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(fake.ollamaUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String ask(String model) throws IOException, InterruptedException {
    return post(
            "/api/chat",
            "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                .formatted(model))
        .body();
  }

  @Test
  void inject_oneModelAndSomeCalls_leavesTheOthersAlone() throws Exception {
    fake.inject("a", Fault.UNAVAILABLE, 2);

    assertThat(ask("b")).contains("\"done\":true");
    assertThat(ask("a")).contains("server busy");
    assertThat(ask("a")).contains("server busy");
    assertThat(ask("a")).contains("\"done\":true");
  }

  @Test
  void inject_sameSeed_spoilsInTheSameWay() throws Exception {
    fake.inject(Fault.END_MID_STREAM);
    fake.seed(7);
    String first = ask("a");
    fake.inject(Fault.END_MID_STREAM);

    assertThat(ask("a")).isEqualTo(first);
  }

  @Test
  void heal_closedPort_isOpenAgain() throws Exception {
    fake.inject(Fault.REFUSE);
    assertThatThrownBy(() -> ask("a")).isInstanceOf(ConnectException.class);

    fake.heal();

    assertThat(ask("a")).contains("\"done\":true");
  }

  @Test
  void control_overHttp_injectsAndReports() throws Exception {
    assertThat(post("/fake/fault", "{\"fault\":\"server-error\",\"calls\":1}").statusCode())
        .isEqualTo(200);
    assertThat(ask("a")).contains("terminated");
    assertThat(post("/fake/state", "").body()).contains("\"open\":0", "\"chats\":1");
    assertThat(post("/fake/fault", "{\"fault\":\"flood\"}").body())
        .contains("slow-first-byte", "silent-close");
  }

  @Test
  void help_ofTheScript_namesAllFaults() throws Exception {
    String help = Files.readString(Path.of("scripts/fake-upstream"));

    assertThat(help).contains(Stream.of(Fault.values()).map(Fault::label).toList());
  }
}
