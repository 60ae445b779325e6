/// Text to vector, in this process.
@NullMarked
package dev.memoryrouter.embedding;

import org.jspecify.annotations.NullMarked;
