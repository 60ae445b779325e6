/// What state the server is in.
@NullMarked
package dev.memoryrouter.health;

import org.jspecify.annotations.NullMarked;
