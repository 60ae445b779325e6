package dev.memoryrouter.api;

import dev.memoryrouter.chat.Answer.Served;
import dev.memoryrouter.upstream.ChatEvent;
import io.micronaut.http.MutableHttpResponse;
import tools.jackson.databind.node.ObjectNode;

/// Gives one answer to the client, as a stream or as one body. Written by the worker's thread; the
/// request's thread waits in [#response].
sealed interface AnswerWriter permits StreamWriter, BufferWriter {
  /// A model begins to answer.
  void begin(Served served) throws InterruptedException;

  /// One event of the answer, added to `completion` before.
  ///
  /// @throws InterruptedException also when the client is gone
  void event(ChatEvent event, Completion completion, ObjectNode usage) throws InterruptedException;

  /// Ends the answer with an error in whatever form is still possible.
  void fail(ApiError error);

  /// Nothing more comes.
  void end();

  /// Waits until there is a response to give.
  MutableHttpResponse<?> response() throws InterruptedException;
}
