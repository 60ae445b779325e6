/// The contract of a store for chunks with their vectors and terms.
@NullMarked
package dev.memoryrouter.store;

import org.jspecify.annotations.NullMarked;
