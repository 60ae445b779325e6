package dev.memoryrouter.api;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/// Turns an [ApiException] into its answer.
@Singleton
final class ApiExceptionHandler implements ExceptionHandler<ApiException, HttpResponse<?>> {
  @Override
  @SuppressWarnings("rawtypes") // the interface is declared so
  public HttpResponse<?> handle(HttpRequest request, ApiException exception) {
    return ErrorResponses.response(exception.error());
  }
}
