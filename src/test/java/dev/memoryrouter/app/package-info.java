/// The whole server under test.
@NullMarked
package dev.memoryrouter.app;

import org.jspecify.annotations.NullMarked;
