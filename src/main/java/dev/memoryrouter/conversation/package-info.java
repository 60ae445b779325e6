/// The wire-free model of a chat request and what the agent meant by it.
///
/// [ConversationReader] first tells which agent speaks, for each wraps a person's words in its own
/// way; then it finds the newest words, the kind of turn, mode, workspace and session, and the
/// identities of all prefixes, by which [ConversationMemory] finds a conversation again. No reader
/// looks at a message through a regular expression or by recursion: a request may be large and
/// hostile.
@NullMarked
package dev.memoryrouter.conversation;

import org.jspecify.annotations.NullMarked;
