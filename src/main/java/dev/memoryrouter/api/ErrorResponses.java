package dev.memoryrouter.api;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;

/// Gives every error that arises outside the controllers (unknown path, wrong method, body over the
/// limit) OpenAI's form.
@Singleton
@Replaces(ErrorResponseProcessor.class)
final class ErrorResponses implements ErrorResponseProcessor<byte[]> {
  @Override
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    ApiError error = error(context, response);
    MutableHttpResponse<byte[]> answer =
        response
            .status(error.status(), reason(error.status()))
            .body(error.body().toString().getBytes(StandardCharsets.UTF_8))
            .contentType(MediaType.APPLICATION_JSON_TYPE);
    retryHeaders(answer, error);
    Requests.name(context.getRequest(), answer);
    return answer;
  }

  /// An error as a response of its own.
  static MutableHttpResponse<byte[]> response(ApiError error) {
    MutableHttpResponse<byte[]> answer =
        HttpResponse.<byte[]>status(error.status(), reason(error.status()))
            .body(error.body().toString().getBytes(StandardCharsets.UTF_8))
            .contentType(MediaType.APPLICATION_JSON_TYPE);
    retryHeaders(answer, error);
    return answer;
  }

  private static String reason(int status) {
    return HttpStatus.valueOf(status).getReason();
  }

  private static void retryHeaders(MutableHttpResponse<?> answer, ApiError error) {
    Integer retryAfter = error.retryAfter();
    answer.header("x-should-retry", Boolean.toString(retryAfter != null));
    if (error.status() == 401) {
      answer.header("www-authenticate", "Bearer");
    }
    if (retryAfter != null) {
      answer.header("retry-after", Integer.toString(retryAfter));
    }
  }

  private static ApiError error(ErrorContext context, MutableHttpResponse<?> response) {
    Throwable unreadable = Requests.decodingFailure(context.getRequest());
    return unreadable == null ? refused(context, response) : unreadable(unreadable);
  }

  private static ApiError unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ ->
          unreadable(
              HttpStatus.REQUEST_URI_TOO_LONG,
              "uri_too_long",
              "The address is too long: put long texts into the body of a POST.");
      case TooLongHttpHeaderException _ ->
          unreadable(
              HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
              "headers_too_large",
              "The headers are too large: send fewer or shorter ones.");
      default ->
          unreadable(
              HttpStatus.BAD_REQUEST,
              "not_http",
              "This is not a valid HTTP request: " + cause.getMessage() + ".");
    };
  }

  private static ApiError unreadable(HttpStatus status, String code, String message) {
    return new ApiError(status.getCode(), ApiError.INVALID_REQUEST, code, null, message, null);
  }

  private static ApiError refused(ErrorContext context, MutableHttpResponse<?> response) {
    String path = context.getRequest().getPath();
    String method = context.getRequest().getMethodName();
    String detail =
        context.getErrors().isEmpty()
            ? response.reason()
            : context.getErrors().getFirst().getMessage();
    return switch (response.code()) {
      case 404 ->
          ApiError.notFound(
              "unknown_path",
              null,
              "There is no " + method + " " + path + "; /openapi.yml lists all.");
      case 405 ->
          new ApiError(
              405,
              ApiError.INVALID_REQUEST,
              "method_not_allowed",
              null,
              path + " does not take " + method + ".",
              null);
      case 413 ->
          new ApiError(
              413,
              ApiError.INVALID_REQUEST,
              "body_too_large",
              null,
              "The request body is larger than http.body-limit in server.yaml allows: "
                  + detail
                  + ".",
              null);
      default ->
          response.code() < 500
              ? new ApiError(response.code(), ApiError.INVALID_REQUEST, null, null, detail, null)
              : ApiError.internal();
    };
  }
}
