/// Entry point and wiring; uses every other package and is used by none.
@NullMarked
package dev.memoryrouter.app;

import org.jspecify.annotations.NullMarked;
