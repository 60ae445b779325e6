/// Bank to index, and question to ranked sections.
@NullMarked
package dev.memoryrouter.retrieval;

import org.jspecify.annotations.NullMarked;
