/// Exact token counts for the chat models and the embedding model.
@NullMarked
package dev.memoryrouter.tokens;

import org.jspecify.annotations.NullMarked;
