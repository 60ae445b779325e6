package dev.memoryrouter.api;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.web.router.Router;
import io.micronaut.web.router.UriRouteInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The description of this API, generated from the routes that are really served.
@Controller
final class OpenApiController {
  private static final String COMPONENTS = "/openapi/components.yml";
  private static final Pattern VARIABLE = Pattern.compile("\\{\\+?(\\w+)}");

  private final Router router;

  OpenApiController(Router router) {
    this.router = router;
  }

  /// OpenAPI 3.1 as YAML.
  @Get("/openapi.yml")
  @Endpoint(summary = "This description.", type = "application/yaml")
  HttpResponse<String> description() {
    StringBuilder yaml =
        new StringBuilder(
            """
            openapi: 3.1.0
            info:
              title: cline-memory-router
              description: OpenAI-compatible router for coding agents on local models, with project memory.
              version: "1"
            security:
              - key: []
            paths:
            """);
    TreeMap<String, TreeMap<String, Endpoint>> paths = new TreeMap<>();
    router
        .uriRoutes()
        .filter(route -> !route.getHttpMethodName().equals("HEAD"))
        .forEach(route ->
            paths
                .computeIfAbsent(path(route), _ -> new TreeMap<>())
                .put(route.getHttpMethodName().toLowerCase(Locale.ROOT), endpoint(route)));
    paths.forEach((path, methods) -> {
      yaml.append("  \"").append(path).append("\":\n");
      methods.forEach((method, endpoint) -> append(yaml, path, method, endpoint));
    });
    return HttpResponse.ok(yaml.append(components()).toString())
        .contentType(MediaType.of("application/yaml"));
  }

  private static String path(UriRouteInfo<?, ?> route) {
    return VARIABLE.matcher(route.getUriMatchTemplate().toPathString()).replaceAll("{$1}");
  }

  private static Endpoint endpoint(UriRouteInfo<?, ?> route) {
    Endpoint endpoint =
        route
            .getTargetMethod()
            .getExecutableMethod()
            .getTargetMethod()
            .getAnnotation(Endpoint.class);
    if (endpoint == null) {
      throw new IllegalStateException("not described: " + route);
    }
    return endpoint;
  }

  private static void append(StringBuilder yaml, String path, String method, Endpoint endpoint) {
    yaml.append("    ").append(method).append(":\n");
    yaml.append("      summary: \"").append(endpoint.summary()).append("\"\n");
    appendParameters(yaml, path, endpoint);
    if (!endpoint.body().isEmpty()) {
      yaml.append("      requestBody:\n        content:\n");
      appendSchema(yaml, "          ", "application/json", endpoint.body());
    }
    yaml.append("      responses:\n        \"200\":\n          description: Done.\n");
    yaml.append("          content:\n");
    appendSchema(yaml, "            ", endpoint.type(), endpoint.answer());
    yaml.append("        default:\n          description: An error in OpenAI's form.\n");
    yaml.append("          content:\n");
    appendSchema(yaml, "            ", "application/json", "Error");
  }

  private static void appendParameters(StringBuilder yaml, String path, Endpoint endpoint) {
    Matcher variables = VARIABLE.matcher(path);
    StringBuilder parameters = new StringBuilder();
    while (variables.find()) {
      appendParameter(parameters, variables.group(1), "path", true);
    }
    for (String name : endpoint.query()) {
      appendParameter(parameters, name, "query", false);
    }
    if (!parameters.isEmpty()) {
      yaml.append("      parameters:\n").append(parameters);
    }
  }

  private static void appendParameter(
      StringBuilder yaml, String name, String place, boolean required) {
    yaml.append("        - {name: ").append(name).append(", in: ").append(place);
    yaml.append(", required: ").append(required).append(", schema: {type: string}}\n");
  }

  private static void appendSchema(StringBuilder yaml, String indent, String type, String schema) {
    yaml.append(indent).append('"').append(type).append("\":\n").append(indent);
    yaml.append("  schema: {$ref: \"#/components/schemas/").append(schema).append("\"}\n");
  }

  private static String components() {
    try (InputStream in = OpenApiController.class.getResourceAsStream(COMPONENTS)) {
      if (in == null) {
        throw new IllegalStateException("missing in the jar: " + COMPONENTS);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
