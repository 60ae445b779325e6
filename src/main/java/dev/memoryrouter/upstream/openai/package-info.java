/// The client for OpenAI-compatible servers: llama-server, vLLM, LM Studio and others.
@NullMarked
package dev.memoryrouter.upstream.openai;

import org.jspecify.annotations.NullMarked;
