/// What tests of several packages share: generators and small converters.
@NullMarked
package dev.memoryrouter.testing;

import org.jspecify.annotations.NullMarked;
