/// The store in a Qdrant server, for those whose banks outgrow one machine; the only package that
/// knows gRPC.
///
/// All banks share one collection behind an alias; each point carries its bank, which is the
/// tenant. A change is written beside what is there and becomes visible as a whole when the bank's
/// own point gets the next revision: readers ask for that revision first and see only its points.
/// Words are sparse vectors: a chunk's values are BM25's term saturation, a query's are the inverse
/// document frequencies of its bank ([dev.memoryrouter.store.qdrant.BankWords]).
@NullMarked
package dev.memoryrouter.store.qdrant;

import org.jspecify.annotations.NullMarked;
