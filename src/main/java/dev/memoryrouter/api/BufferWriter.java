package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.chat.Plan;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.UpstreamFailure;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.node.ObjectNode;

/// An answer as one JSON body.
final class BufferWriter implements AnswerWriter {
  private final AnswerForm form;
  private final AnswerIdentity identity;
  private final Plan plan;
  private final CompletableFuture<MutableHttpResponse<?>> response = new CompletableFuture<>();
  private Map<String, String> headers = Map.of();

  BufferWriter(AnswerIdentity identity, Plan plan) {
    this.identity = identity;
    this.plan = plan;
    form = AnswerForm.of(plan.purpose());
  }

  @Override
  public void begin(Served served) {
    headers = RouterHeaders.of(plan, served);
  }

  @Override
  public void event(ChatEvent event, Completion completion, ObjectNode usage) {
    switch (event) {
      case ChatEvent.Finish(FinishReason reason, _) ->
          response.complete(answer(completion, reason, usage));
      case ChatEvent.Failure(UpstreamFailure failure) -> fail(RefusalErrors.of(failure));
      case ChatEvent.Text _,
          ChatEvent.Reasoning _,
          ChatEvent.ToolCallStart _,
          ChatEvent.ToolCallArguments _,
          ChatEvent.Usage _ -> {}
    }
  }

  private MutableHttpResponse<?> answer(
      Completion completion, FinishReason reason, ObjectNode usage) {
    ObjectNode json = identity.frame(form.object());
    json.putArray("choices").add(form.choice(completion, reason));
    json.set("usage", usage);
    MutableHttpResponse<?> answer =
        HttpResponse.ok(json.toString().getBytes(StandardCharsets.UTF_8))
            .contentType(MediaType.APPLICATION_JSON_TYPE);
    headers.forEach(answer::header);
    return answer;
  }

  @Override
  public void fail(ApiError error) {
    response.complete(ErrorResponses.response(error));
  }

  @Override
  public void end() {
    response.complete(ErrorResponses.response(ApiError.internal()));
  }

  @Override
  public MutableHttpResponse<?> response() throws InterruptedException {
    try {
      return response.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
