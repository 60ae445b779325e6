package dev.memoryrouter.chat;

import dev.memoryrouter.admission.ModelId;
import dev.memoryrouter.admission.ModelLoader;
import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.ToolChoice;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.Upstreams;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/// Loads and unloads models for the queue, with exactly the options that requests use: another
/// context would only be loaded anew by the first request.
public final class OwnLoads implements ModelLoader {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLoads.class);

  private final Supplier<Setup> setup;

  /// Loads on the upstreams of a setup.
  ///
  /// @param setup the current setup
  public OwnLoads(Supplier<Setup> setup) {
    this.setup = setup;
  }

  @Override
  public boolean load(ModelId id) throws InterruptedException {
    Optional<ModelState> model = state(id).filter(ModelState::available);
    if (model.isEmpty()) {
      return false;
    }
    Optional<UpstreamFailure> failure =
        setup.get().upstreams().client(id.upstream()).load(call(model.get()));
    failure.ifPresent(it -> LOG.warn("{} was not loaded: {}", id, it.message()));
    return failure.isEmpty();
  }

  @Override
  public void unload(ModelId id) throws InterruptedException {
    Optional<ModelState> model = state(id).filter(ModelState::available);
    if (model.isPresent()) {
      LOG.info("Unloading {} for another model", id);
      setup.get().upstreams().client(id.upstream()).unload(call(model.get()));
    }
  }

  private Optional<ModelState> state(ModelId id) {
    Upstreams upstreams = setup.get().upstreams();
    return upstreams.config().models().containsKey(id.model())
        ? upstreams.everywhere(id.model()).stream()
            .filter(state -> state.settings().upstream().equals(id.upstream()))
            .findFirst()
        : Optional.empty();
  }

  private static UpstreamCall call(ModelState model) {
    ChatRequest nothing =
        new ChatRequest(
            model.key(),
            List.of(),
            List.of(),
            new ToolChoice.Auto(),
            GenerationOptions.NONE,
            new ResponseFormat.Text(),
            JsonNodeFactory.instance.objectNode());
    return model.call(nothing, model.settings().maxOutput(), false);
  }
}
