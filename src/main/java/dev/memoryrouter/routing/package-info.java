/// Signals of a turn, intents, rules, and the decision which model answers.
@NullMarked
package dev.memoryrouter.routing;

import org.jspecify.annotations.NullMarked;
