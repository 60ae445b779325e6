package dev.memoryrouter.api;

import static java.util.stream.Collectors.joining;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Part;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolCall;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads OpenAI's chat completion request. Lenient where agents are sloppy (null content, arguments
/// as an object, both names of the output limit), strict where a guess would be wrong.
public final class ChatRequestReader {
  private static final int MOST_STOP_SEQUENCES = 4;

  /// Keys that this server reads itself; every other key goes to OpenAI-compatible upstreams.
  private static final Set<String> INTERPRETED =
      Set.of(
          "model",
          "messages",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "response_format",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "seed",
          "frequency_penalty",
          "presence_penalty",
          "stop",
          "reasoning_effort",
          "stream",
          "stream_options",
          "n");

  private ChatRequestReader() {}

  /// Reads a request body.
  ///
  /// @throws IllegalArgumentException never; bad input ends as an error answer that names the key
  public static ParsedChat read(byte[] json) {
    RequestBody body = RequestBody.parse(json);
    refuseSeveralAnswers(body);
    List<Tool> tools = tools(body);
    ChatRequest request =
        new ChatRequest(
            body.requiredString("model"),
            messages(body),
            tools,
            toolChoice(body, tools),
            options(body),
            responseFormat(body),
            extras(body.node(), INTERPRETED));
    return parsed(request, body);
  }

  /// A request with what the body says about the form of the answer.
  static ParsedChat parsed(ChatRequest request, RequestBody body) {
    RequestBody streamOptions = body.object("stream_options");
    return new ParsedChat(
        request,
        body.bool("stream", false),
        streamOptions != null && streamOptions.bool("include_usage", false));
  }

  static void refuseSeveralAnswers(RequestBody body) {
    Long answers = body.integer("n");
    if (answers != null && answers != 1) {
      throw new ApiException(
          ApiError.badRequest("n", "Only one answer per request is possible: leave \"n\" out."));
    }
  }

  private static List<Message> messages(RequestBody body) {
    List<Message> messages = new ArrayList<>();
    for (RequestBody message : body.objects("messages")) {
      messages.add(message(message));
    }
    if (messages.isEmpty()) {
      throw new ApiException(
          ApiError.badRequest("messages", "\"messages\" must hold at least one message."));
    }
    return messages;
  }

  private static Message message(RequestBody body) {
    Role role = role(body);
    JsonNode content = body.value("content");
    Message.Form form =
        content == null
            ? Message.Form.ABSENT
            : content.isString() ? Message.Form.STRING : Message.Form.PARTS;
    List<Part> parts =
        switch (form) {
          case ABSENT -> List.of();
          case STRING -> List.of(new Part.Text(body.requiredString("content")));
          case PARTS -> parts(body);
        };
    String reasoning = body.string("reasoning_content");
    return new Message(
        role,
        parts,
        form,
        toolCalls(body),
        body.string("tool_call_id"),
        body.string("name"),
        reasoning != null ? reasoning : body.string("reasoning"));
  }

  private static Role role(RequestBody body) {
    String role = body.requiredString("role");
    return switch (role) {
      case "system", "developer" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "tool", "function" -> Role.TOOL;
      default ->
          throw new ApiException(
              ApiError.badRequest(
                  body.at("role"),
                  "\"%s\" must be system, developer, user, assistant or tool, not \"%s\"."
                      .formatted(body.at("role"), role)));
    };
  }

  private static List<Part> parts(RequestBody message) {
    List<Part> parts = new ArrayList<>();
    JsonNode content = message.value("content");
    if (content != null && !content.isArray()) {
      throw message.wrongType("content", "a string, an array of parts, or null", content);
    }
    List<JsonNode> elements = message.array("content");
    for (int i = 0; i < elements.size(); i++) {
      String place = "content[" + i + "]";
      JsonNode element = elements.get(i);
      if (element.isString()) {
        parts.add(new Part.Text(element.stringValue()));
      } else if (element instanceof ObjectNode object) {
        parts.add(part(new RequestBody(object, message.at(place))));
      } else {
        throw message.wrongType(place, "an object with a \"type\"", element);
      }
    }
    return parts;
  }

  private static Part part(RequestBody part) {
    String type = part.requiredString("type");
    return switch (type) {
      case "text", "input_text", "output_text" -> new Part.Text(part.requiredString("text"));
      case "image_url" -> image(part);
      default -> new Part.Other(type, part.node());
    };
  }

  private static Part image(RequestBody part) {
    JsonNode value = part.value("image_url");
    if (value != null && value.isString()) {
      return new Part.Image(value.stringValue(), null);
    }
    RequestBody image = part.object("image_url");
    if (image == null) {
      throw new ApiException(
          ApiError.badRequest(
              part.at("image_url"), "\"" + part.at("image_url") + "\" is missing."));
    }
    return new Part.Image(image.requiredString("url"), image.string("detail"));
  }

  private static List<ToolCall> toolCalls(RequestBody message) {
    List<ToolCall> calls = new ArrayList<>();
    for (RequestBody call : message.objects("tool_calls")) {
      RequestBody function = call.object("function");
      if (function == null) {
        throw new ApiException(
            ApiError.badRequest(
                call.at("function"), "\"" + call.at("function") + "\" is missing."));
      }
      String id = call.string("id");
      calls.add(
          new ToolCall(id == null ? "" : id, function.requiredString("name"), arguments(function)));
    }
    return calls;
  }

  private static String arguments(RequestBody function) {
    JsonNode arguments = function.value("arguments");
    if (arguments == null) {
      return "";
    }
    return arguments.isString() ? arguments.stringValue() : arguments.toString();
  }

  private static List<Tool> tools(RequestBody body) {
    List<Tool> tools = new ArrayList<>();
    for (RequestBody tool : body.objects("tools")) {
      RequestBody function = tool.object("function");
      if (function == null) {
        throw new ApiException(
            ApiError.badRequest(
                tool.at("function"),
                "\"%s\" is missing: only tools of type \"function\" are supported."
                    .formatted(tool.at("function"))));
      }
      tools.add(new Tool(function.requiredString("name"), tool.node()));
    }
    return tools;
  }

  /// The choice, which must be one that the offered tools allow.
  private static ToolChoice toolChoice(RequestBody body, List<Tool> offered) {
    ToolChoice choice = toolChoice(body);
    boolean possible =
        switch (choice) {
          case ToolChoice.Named(String name) ->
              offered.stream().anyMatch(tool -> tool.name().equals(name));
          case ToolChoice.Required _ -> !offered.isEmpty();
          case ToolChoice.Unset _, ToolChoice.Auto _, ToolChoice.None _ -> true;
        };
    if (!possible) {
      throw new ApiException(ApiError.badRequest("tool_choice", impossible(choice, offered)));
    }
    return choice;
  }

  private static String impossible(ToolChoice choice, List<Tool> offered) {
    String names = offered.stream().map(tool -> '"' + tool.name() + '"').collect(joining(", "));
    return "\"tool_choice\" demands %s, but \"tools\" offers %s."
        .formatted(
            choice instanceof ToolChoice.Named(String name) ? "\"%s\"".formatted(name) : "a call",
            names.isEmpty() ? "none" : "only " + names);
  }

  private static ToolChoice toolChoice(RequestBody body) {
    JsonNode choice = body.value("tool_choice");
    if (choice == null) {
      return new ToolChoice.Unset();
    }
    if (choice.isString()) {
      return namedChoice(choice.stringValue());
    }
    RequestBody object = body.object("tool_choice");
    RequestBody function = object == null ? null : object.object("function");
    if (function == null) {
      throw body.wrongType(
          "tool_choice", "none, auto, required or an object with \"function\"", choice);
    }
    return new ToolChoice.Named(function.requiredString("name"));
  }

  private static ToolChoice namedChoice(String choice) {
    return switch (choice) {
      case "none" -> new ToolChoice.None();
      case "auto" -> new ToolChoice.Auto();
      case "required" -> new ToolChoice.Required();
      default ->
          throw new ApiException(
              ApiError.badRequest(
                  "tool_choice",
                  "\"tool_choice\" must be none, auto, required or an object, not \"%s\"."
                      .formatted(choice)));
    };
  }

  static GenerationOptions options(RequestBody body) {
    Integer limit = body.positive("max_completion_tokens");
    List<String> stop = body.strings("stop");
    if (stop.size() > MOST_STOP_SEQUENCES) {
      throw new ApiException(
          ApiError.badRequest(
              "stop", "\"stop\" may hold at most 4 sequences, not " + stop.size() + "."));
    }
    return new GenerationOptions(
        limit != null ? limit : body.positive("max_tokens"),
        body.number("temperature"),
        body.number("top_p"),
        body.integer("seed"),
        body.number("frequency_penalty"),
        body.number("presence_penalty"),
        stop,
        body.string("reasoning_effort"),
        body.bool("parallel_tool_calls"));
  }

  private static ResponseFormat responseFormat(RequestBody body) {
    RequestBody format = body.object("response_format");
    if (format == null) {
      return new ResponseFormat.Text();
    }
    String type = format.requiredString("type");
    return switch (type) {
      case "text" -> new ResponseFormat.Text();
      case "json_object" -> new ResponseFormat.JsonObject();
      case "json_schema" -> jsonSchema(format);
      default ->
          throw new ApiException(
              ApiError.badRequest(
                  format.at("type"),
                  "\"%s\" must be text, json_object or json_schema, not \"%s\"."
                      .formatted(format.at("type"), type)));
    };
  }

  private static ResponseFormat jsonSchema(RequestBody format) {
    RequestBody wrapper = format.object("json_schema");
    RequestBody schema = wrapper == null ? null : wrapper.object("schema");
    if (schema == null) {
      throw new ApiException(
          ApiError.badRequest(
              format.at("json_schema.schema"),
              "\"" + format.at("json_schema.schema") + "\" is missing."));
    }
    return new ResponseFormat.JsonSchema(schema.node(), format.node());
  }

  /// What is left of a body without the keys that this server reads.
  static ObjectNode extras(ObjectNode body, Set<String> interpreted) {
    ObjectNode extras = body.objectNode();
    body.properties()
        .forEach(property -> {
          if (!interpreted.contains(property.getKey())) {
            extras.set(property.getKey(), property.getValue());
          }
        });
    return extras;
  }
}
