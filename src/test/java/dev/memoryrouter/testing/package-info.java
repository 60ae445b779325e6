/// Fakes that several tests share.
@NullMarked
package dev.memoryrouter.testing;

import org.jspecify.annotations.NullMarked;
