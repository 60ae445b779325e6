/// Files as this server needs them: YAML with positions, polling for changes, locks, atomic writes.
@NullMarked
package dev.memoryrouter.files;

import org.jspecify.annotations.NullMarked;
