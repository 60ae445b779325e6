package dev.memoryrouter.upstream;

/// Reads the lines of one streamed answer in an upstream's own format.
public interface AnswerLines {
  /// Takes one line without its line end.
  ///
  /// @return whether it carried data: a keep-alive does not prove that the model still works
  boolean line(String line, AnswerEvents out);

  /// The upstream has ended the stream.
  void end(AnswerEvents out);
}
