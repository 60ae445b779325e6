/// Memory banks: reading markdown files, cutting them into sections and chunks, choosing a bank.
@NullMarked
package dev.memoryrouter.memory;

import org.jspecify.annotations.NullMarked;
