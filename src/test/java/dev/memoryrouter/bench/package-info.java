/// Benchmarks and quality figures, run by `scripts/bench.sh`; nothing here is a test.
@NullMarked
package dev.memoryrouter.bench;

import org.jspecify.annotations.NullMarked;
