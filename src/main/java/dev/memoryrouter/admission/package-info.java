/// Whose turn it is on a model.
@NullMarked
package dev.memoryrouter.admission;

import org.jspecify.annotations.NullMarked;
