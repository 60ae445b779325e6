package dev.memoryrouter.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Typed reading of a JSON object from a client; each wrong type names its key, what was expected
/// and what was found.
///
/// @param node the object
/// @param path of the object within the body, empty for the body itself
record RequestBody(ObjectNode node, String path) {
  /// 2⁶³: the first double beyond all longs.
  private static final double LONGS = 0x1p63;

  /// Parses a request body.
  ///
  /// @throws ApiException with the position of what is not JSON
  static RequestBody parse(byte[] body) {
    if (body.length == 0) {
      throw new ApiException(
          ApiError.badRequest(null, "The request body is empty: send a JSON object."));
    }
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw new ApiException(ApiError.badRequest(null, syntaxMessage(e)));
    }
    if (node instanceof ObjectNode object) {
      return new RequestBody(object, "");
    }
    throw new ApiException(
        ApiError.badRequest(
            null, "The request body must be a JSON object, but it is " + kind(node) + "."));
  }

  private static String syntaxMessage(JacksonException e) {
    var location = e.getLocation();
    String where =
        location == null
            ? ""
            : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    String detail = e.getOriginalMessage() == null ? "" : firstSentence(e.getOriginalMessage());
    return "The request body is not valid JSON" + where + ": " + detail;
  }

  /// Parser messages go on about tokens and expected values; the first clause says what is wrong.
  private static String firstSentence(String message) {
    String line = message.lines().findFirst().orElse(message);
    return line.length() <= 200 ? line : line.substring(0, 200);
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  @Nullable JsonNode value(String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  String requiredString(String key) {
    String value = string(key);
    if (value == null) {
      throw new ApiException(ApiError.badRequest(at(key), "\"" + at(key) + "\" is missing."));
    }
    return value;
  }

  @Nullable String string(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw wrongType(key, "a string", value);
    }
    return value.stringValue();
  }

  boolean bool(String key, boolean defaultValue) {
    Boolean value = bool(key);
    return value == null ? defaultValue : value;
  }

  @Nullable Boolean bool(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrongType(key, "true or false", value);
    }
    return value.booleanValue();
  }

  /// A finite number.
  @Nullable Double number(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw wrongType(key, "a number", value);
    }
    double number = value.doubleValue();
    if (!Double.isFinite(number)) {
      throw outOfRange(key);
    }
    return number;
  }

  @Nullable Long integer(String key) {
    Double number = number(key);
    JsonNode value = value(key);
    if (number == null || value == null) {
      return null;
    }
    if (number != Math.rint(number)) {
      throw wrongType(key, "a whole number", value);
    }
    if (Math.abs(number) >= LONGS) {
      throw outOfRange(key);
    }
    return value.isIntegralNumber() ? value.longValue() : number.longValue();
  }

  /// A whole number from 1 to 2³¹−1; null also for -1, by which some clients mean "no limit".
  @Nullable Integer positive(String key) {
    Long value = integer(key);
    if (value == null || value == -1) {
      return null;
    }
    if (value > Integer.MAX_VALUE) {
      throw outOfRange(key);
    }
    if (value < 1) {
      throw new ApiException(
          ApiError.badRequest(
              at(key),
              "\"%s\" must be a whole number of at least 1, not %d.".formatted(at(key), value)));
    }
    return value.intValue();
  }

  private ApiException outOfRange(String key) {
    return new ApiException(
        ApiError.badRequest(at(key), "\"" + at(key) + "\" is too large a number."));
  }

  @Nullable RequestBody object(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode object) {
      return new RequestBody(object, at(key));
    }
    throw wrongType(key, "an object", value);
  }

  /// The elements of an array of objects; empty when the key is absent.
  List<RequestBody> objects(String key) {
    List<RequestBody> elements = new ArrayList<>();
    List<JsonNode> values = array(key);
    for (int i = 0; i < values.size(); i++) {
      String place = key + "[" + i + "]";
      if (values.get(i) instanceof ObjectNode object) {
        elements.add(new RequestBody(object, at(place)));
      } else {
        throw wrongType(place, "an object", values.get(i));
      }
    }
    return elements;
  }

  /// The elements of an array; empty when the key is absent.
  List<JsonNode> array(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrongType(key, "an array", value);
    }
    return List.copyOf(value.values());
  }

  /// A string, or an array of strings; empty when the key is absent.
  List<String> strings(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return List.of();
    }
    if (value.isString()) {
      return List.of(value.stringValue());
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isString()) {
        throw wrongType(key + "[" + strings.size() + "]", "a string", element);
      }
      strings.add(element.stringValue());
    }
    return strings;
  }

  /// The key's full path, for messages.
  String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  ApiException wrongType(String key, String expected, JsonNode found) {
    return new ApiException(
        ApiError.badRequest(
            at(key),
            "\"" + at(key) + "\" must be " + expected + ", but it is " + kind(found) + "."));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case NUMBER -> "the number " + node.asString();
      case BOOLEAN -> node.asString().toLowerCase(Locale.ROOT);
      case NULL, MISSING -> "null";
    };
  }
}
