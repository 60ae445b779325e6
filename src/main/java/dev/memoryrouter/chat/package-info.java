/// The pipeline, the one place where the steps meet, and the configuration that they share.
@NullMarked
package dev.memoryrouter.chat;

import org.jspecify.annotations.NullMarked;
