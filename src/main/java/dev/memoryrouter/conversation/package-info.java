/// The wire-free model of a chat request and what the agent meant by it.
@NullMarked
package dev.memoryrouter.conversation;

import org.jspecify.annotations.NullMarked;
