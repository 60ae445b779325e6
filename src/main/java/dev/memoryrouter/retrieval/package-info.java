/// Bank to index, and question to ranked sections.
///
/// [Indexer] compares the hashes of a bank's sections with the index, embeds what is new and
/// commits file by file. [Retriever] asks the index by meaning and by words and adds both up
/// ([Fusion]).
@NullMarked
package dev.memoryrouter.retrieval;

import org.jspecify.annotations.NullMarked;
