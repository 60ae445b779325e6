package dev.memoryrouter.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes an endpoint for `/openapi.yml`. Schemas are names in `openapi/components.yml`.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Endpoint {
  /// What it does, in one sentence.
  String summary();

  /// Schema of the request body; empty for none.
  String body() default "";

  /// Schema of the answer.
  String answer() default "Any";

  /// Media type of the answer.
  String type() default "application/json";

  /// Names of query parameters.
  String[] query() default {};
}
