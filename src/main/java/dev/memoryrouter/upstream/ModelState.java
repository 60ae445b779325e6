package dev.memoryrouter.upstream;

import dev.memoryrouter.conversation.ChatRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A configured model as it stands on its upstream now.
///
/// @param upstreamModel the name under which the upstream has it; null unless available
/// @param supportedContext tokens that the model supports; null when unknown
/// @param numCtx context that our calls ask for; null when the upstream allocates its own
/// @param allocatedContext tokens allocated by the upstream now; null when unknown or not loaded
/// @param capabilities what it can do; configured, else what the upstream says, else
///   [Capability#TOOLS]
/// @param slots requests that the upstream runs at once; null when it does not say
public record ModelState(
    ModelSettings settings,
    Availability availability,
    @Nullable String upstreamModel,
    @Nullable Integer supportedContext,
    @Nullable Integer numCtx,
    @Nullable Integer allocatedContext,
    Set<Capability> capabilities,
    boolean resident,
    @Nullable Integer slots) {
  /// Whether a model can be called.
  public enum Availability {
    AVAILABLE,
    NOT_PULLED,
    UNREACHABLE,
    /// Its upstream failed too often and is left alone for a while.
    CIRCUIT_OPEN
  }

  public ModelState {
    capabilities = Set.copyOf(capabilities);
  }

  /// The model's key in `models.yaml`.
  public String key() {
    return settings.key();
  }

  /// The key of the model's turn in the queue.
  public String slotKey() {
    return settings.upstream() + '/' + settings.key();
  }

  /// A call to it.
  ///
  /// @param textTools whether the client expects tool calls as text
  public UpstreamCall call(ChatRequest request, int maxOutput, boolean textTools) {
    return new UpstreamCall(
        request,
        settings,
        upstreamModel == null ? settings.names().getFirst() : upstreamModel,
        numCtx,
        maxOutput,
        textTools);
  }

  public boolean available() {
    return availability == Availability.AVAILABLE;
  }
}
