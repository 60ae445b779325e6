/// The client for Ollama's native API.
@NullMarked
package dev.memoryrouter.upstream.ollama;

import org.jspecify.annotations.NullMarked;
