package dev.memoryrouter.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/// Valid answers by chance: words of any script, reasoning, tool calls.
public final class RandomAnswers {
  private static final List<String> WORDS =
      List.of(
          "word",
          " ",
          "\n",
          "\"quoted\"",
          "\\",
          "ü",
          "漢字",
          "🙂",
          "\r\n",
          "data: x",
          "{",
          "}",
          "\t");

  private final Random random;

  public RandomAnswers(Random random) {
    this.random = random;
  }

  /// The text of one piece.
  public String piece() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  /// A few pieces.
  public List<String> pieces() {
    var pieces = new ArrayList<String>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      pieces.add(piece());
    }
    return pieces;
  }

  /// The arguments of a tool call.
  public ObjectNode arguments() {
    return Calls.JSON.createObjectNode().put("path", piece() + piece()).put("n", random.nextInt());
  }

  public boolean chance() {
    return random.nextBoolean();
  }
}
