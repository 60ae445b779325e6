/// The answer that is given when no model is reachable: quotations from the memory bank.
@NullMarked
package dev.memoryrouter.upstream.extractive;

import org.jspecify.annotations.NullMarked;
