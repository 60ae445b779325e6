package dev.memoryrouter.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// Recognises a tool call printed as text, character by character, so that the split of the text
/// does not matter: `<tool_call>{…}</tool_call>` once or several times, or one JSON object, bare or
/// in a code fence. The object has the name of an offered tool and its arguments, and nothing else
/// but an id or type. A closing mark may be missing at the end.
final class TextToolMatcher {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();
  private static final Set<String> KEYS = Set.of("name", "arguments", "id", "type");
  private static final String TAG = "<tool_call>";
  private static final String FENCE = "```";
  private static final int LANGUAGE_LIMIT = 16;

  private final Set<String> tools;
  private final List<Call> calls = new ArrayList<>();
  private State state = State.LEAD;

  /// What must follow the object: `</tool_call>`, a fence, or nothing.
  private String closing = "";

  private String literal = "";
  private int literalAt;
  private int languageLength;

  private final StringBuilder object = new StringBuilder();
  private int depth;
  private boolean inString;
  private boolean escaped;
  private int stringStart;
  private String key = "";
  private boolean afterColon;

  /// A call that was found.
  ///
  /// @param arguments a JSON object
  record Call(String name, String arguments) {}

  private enum State {
    LEAD,
    OPENING,
    LANGUAGE,
    BEFORE_OBJECT,
    OBJECT,
    AFTER_OBJECT,
    CLOSING,
    AFTER_CLOSING,
    REJECTED
  }

  TextToolMatcher(Set<String> tools) {
    this.tools = tools;
  }

  /// Takes more text.
  ///
  /// @return whether all text so far can still become tool calls
  boolean accept(String text) {
    for (int i = 0; i < text.length() && state != State.REJECTED; i++) {
      state = step(text.charAt(i));
    }
    return state != State.REJECTED;
  }

  /// Whether the text so far is tool calls and nothing else.
  boolean complete() {
    return !calls.isEmpty() && (state == State.AFTER_OBJECT || state == State.AFTER_CLOSING);
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  private State step(char c) {
    return switch (state) {
      case LEAD -> Character.isWhitespace(c) ? State.LEAD : lead(c);
      case OPENING -> literal(c, closing.equals(FENCE) ? State.LANGUAGE : State.BEFORE_OBJECT);
      case LANGUAGE -> language(c);
      case BEFORE_OBJECT ->
          Character.isWhitespace(c) ? state : c == '{' ? startObject() : State.REJECTED;
      case OBJECT -> object(c);
      case AFTER_OBJECT -> afterObject(c);
      case CLOSING -> literal(c, State.AFTER_CLOSING);
      case AFTER_CLOSING -> {
        boolean again = c == '<' && !closing.equals(FENCE);
        yield Character.isWhitespace(c) ? state : again ? lead(c) : State.REJECTED;
      }
      case REJECTED -> State.REJECTED;
    };
  }

  private State lead(char c) {
    return switch (c) {
      case '{' -> startObject();
      case '<' -> expect(TAG, "</tool_call>");
      case '`' -> expect(FENCE, FENCE);
      default -> State.REJECTED;
    };
  }

  private State expect(String opening, String newClosing) {
    literal = opening;
    literalAt = 1;
    closing = newClosing;
    return State.OPENING;
  }

  private State literal(char c, State then) {
    if (c != literal.charAt(literalAt)) {
      return State.REJECTED;
    }
    literalAt++;
    return literalAt == literal.length() ? then : state;
  }

  private State language(char c) {
    if (c == '\n') {
      return State.BEFORE_OBJECT;
    }
    languageLength++;
    boolean plain = Character.isLetter(c) || c == '_' || c == '\r' || c == ' ';
    return plain && languageLength <= LANGUAGE_LIMIT ? State.LANGUAGE : State.REJECTED;
  }

  private State afterObject(char c) {
    if (Character.isWhitespace(c)) {
      return state;
    }
    if (closing.isEmpty() || c != closing.charAt(0)) {
      return State.REJECTED;
    }
    literal = closing;
    literalAt = 1;
    return State.CLOSING;
  }

  private State startObject() {
    object.setLength(0);
    object.append('{');
    depth = 1;
    inString = false;
    escaped = false;
    afterColon = false;
    return State.OBJECT;
  }

  private State object(char c) {
    object.append(c);
    if (inString) {
      return string(c);
    }
    switch (c) {
      case '"' -> {
        inString = true;
        stringStart = object.length();
      }
      case '{', '[' -> depth++;
      case '}', ']' -> depth--;
      case ':' -> afterColon |= depth == 1;
      case ',' -> afterColon &= depth != 1;
      default -> {}
    }
    return depth > 0 ? State.OBJECT : endObject();
  }

  private State string(char c) {
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      inString = false;
      return depth == 1 ? topLevelString() : State.OBJECT;
    }
    return State.OBJECT;
  }

  /// Ends early what cannot become a call: a JSON answer is not held back beyond its first key.
  private State topLevelString() {
    String value = object.substring(stringStart, object.length() - 1);
    if (!afterColon) {
      key = value;
      return KEYS.contains(value) ? State.OBJECT : State.REJECTED;
    }
    boolean unknown = key.equals("name") && value.indexOf('\\') < 0 && !tools.contains(value);
    return unknown ? State.REJECTED : State.OBJECT;
  }

  private State endObject() {
    try {
      JsonNode node = JSON.readTree(object.toString());
      String name = node.path("name").asString("");
      JsonNode arguments = node.path("arguments");
      String text = arguments.isString() ? arguments.asString() : arguments.toString();
      boolean fits = arguments.isObject() || (arguments.isString() && ToolArguments.isObject(text));
      if (!fits || !tools.contains(name)) {
        return State.REJECTED;
      }
      calls.add(new Call(name, text));
      return State.AFTER_OBJECT;
    } catch (JacksonException _) {
      return State.REJECTED;
    }
  }
}
