package dev.memoryrouter.api;

import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.ModelWindow;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.routing.ModelNames;
import dev.memoryrouter.routing.Requested;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The published model names and how much each can take: OpenAI's list, and LiteLLM's, from which
/// Cline and Roo learn the window by themselves.
@Controller
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ModelsController {
  /// The list has no meaningful time of creation; clients only require the key.
  private static final long CREATED = 1_700_000_000L;

  private final ChatPipeline pipeline;
  private final Setups setup;

  ModelsController(ChatPipeline pipeline, Setups setup) {
    this.pipeline = pipeline;
    this.setup = setup;
  }

  /// OpenAI's model list.
  @Get(uris = {"/v1/models", "/models"})
  @Endpoint(summary = "All names that can be asked for.", answer = "ModelList")
  HttpResponse<?> models() {
    ModelNames names = setup.get().names();
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    names.published().forEach(name -> data.add(model(name, names.resolve(name))));
    return Replies.json(list);
  }

  /// One model; ids come with raw or with encoded slashes.
  @Get(uris = {"/v1/models/{+id}", "/models/{+id}"})
  @Endpoint(summary = "One name that can be asked for.", answer = "Model")
  HttpResponse<?> model(String id) {
    return switch (setup.get().names().resolve(id)) {
      case Requested.Unknown unknown ->
          ErrorResponses.response(
              ApiError.notFound(
                  "model_not_found",
                  "model",
                  "The model \"%s\" does not exist. Published names: %s."
                      .formatted(id, String.join(", ", unknown.names()))));
      case Requested known -> Replies.json(model(id, known));
    };
  }

  /// LiteLLM's model list.
  @Get(uris = {"/v1/model/info", "/model/info"})
  @Endpoint(
      summary = "LiteLLM's list, by which Cline and Roo learn the window.",
      answer = "ModelInfoList")
  HttpResponse<?> modelInfo() {
    ModelNames names = setup.get().names();
    ObjectNode list = Json.object();
    ArrayNode data = list.putArray("data");
    names.published().forEach(name -> data.add(info(name, pipeline.window(names.resolve(name)))));
    return Replies.json(list);
  }

  private ObjectNode model(String name, Requested requested) {
    ModelWindow window = pipeline.window(requested);
    return Json.object()
        .put("id", name)
        .put("object", "model")
        .put("created", CREATED)
        .put("owned_by", "cline-memory-router")
        .put("context_length", window.limit())
        .put("max_model_len", window.limit());
  }

  private static ObjectNode info(String name, ModelWindow window) {
    ObjectNode json = Json.object().put("model_name", name);
    json.putObject("litellm_params").put("model", "openai/" + name);
    json.putObject("model_info")
        .put("id", name)
        .put("mode", "chat")
        .put("max_tokens", window.maxOutput())
        .put("max_input_tokens", window.maxInput())
        .put("max_output_tokens", window.maxOutput())
        .put("supports_vision", window.vision())
        .put("supports_function_calling", window.tools())
        .put("supports_prompt_caching", false)
        .put("supports_reasoning", window.reasoning())
        .put("input_cost_per_token", 0)
        .put("output_cost_per_token", 0);
    return json;
  }
}
