/// The store on a Lucene index on disk.
@NullMarked
package dev.memoryrouter.store.lucene;

import org.jspecify.annotations.NullMarked;
