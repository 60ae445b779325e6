/// Names, tags and descriptions of all meters.
@NullMarked
package dev.memoryrouter.metrics;

import org.jspecify.annotations.NullMarked;
