/// Measures retrieval on memory banks with labelled queries: how well sections are ranked, what
/// would be injected, and how often something is where nothing helps.
@NullMarked
package dev.memoryrouter.cli.evaluation;

import org.jspecify.annotations.NullMarked;
