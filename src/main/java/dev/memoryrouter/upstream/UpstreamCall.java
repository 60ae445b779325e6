package dev.memoryrouter.upstream;

import dev.memoryrouter.conversation.ChatRequest;
import org.jspecify.annotations.Nullable;

/// One call to a model.
///
/// @param request what is sent, already fitted
/// @param model settings of the model
/// @param upstreamModel the name under which the upstream has it
/// @param numCtx context to allocate, null when the upstream allocates its own
/// @param maxOutput most tokens of output
/// @param textTools whether the client expects tool calls as text (XML), so that text is never
///   repaired into tool calls
public record UpstreamCall(
    ChatRequest request,
    ModelSettings model,
    String upstreamModel,
    @Nullable Integer numCtx,
    int maxOutput,
    boolean textTools) {}
