/// Stand-ins and generators that tests of several packages share: model servers over real HTTP, and
/// conversations in the shapes that agents send.
@NullMarked
package dev.memoryrouter.testing;

import org.jspecify.annotations.NullMarked;
