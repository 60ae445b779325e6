package dev.memoryrouter.api;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/// Turns an [ApiException] into its answer.
@Singleton
final class ApiExceptionHandler implements ExceptionHandler<ApiException, HttpResponse<?>> {
  @Override
  @SuppressWarnings("rawtypes") // the interface is declared so
  public HttpResponse<?> handle(HttpRequest request, ApiException exception) {
    MutableHttpResponse<?> response = ErrorResponses.response(exception.error());
    // Response filters do not run for what a request filter refused.
    Requests.name(request, response);
    return response;
  }
}
