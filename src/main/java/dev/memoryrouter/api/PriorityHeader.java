package dev.memoryrouter.api;

import dev.memoryrouter.admission.PriorityClass;
import io.micronaut.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The header by which clients may name the class in which a request waits.
final class PriorityHeader {
  private static final List<PriorityClass> CLASSES =
      List.of(
          PriorityClass.INTERACTIVE,
          PriorityClass.AGENT,
          PriorityClass.SUBAGENT,
          PriorityClass.BACKGROUND);

  private PriorityHeader() {}

  /// The class that a request asks for; null when it asks for none.
  ///
  /// @param header its name; null when clients may not ask
  static @Nullable PriorityClass read(HttpRequest<?> request, @Nullable String header) {
    String value = header == null ? null : request.getHeaders().get(header);
    if (value == null || value.isBlank()) {
      return null;
    }
    String label = value.strip().toLowerCase(Locale.ROOT);
    return CLASSES.stream()
        .filter(it -> it.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new ApiException(
                ApiError.badRequest(
                    header,
                    "The header %s has \"%s\", expected one of %s."
                        .formatted(
                            header,
                            value,
                            String.join(
                                ", ", CLASSES.stream().map(PriorityClass::label).toList())))));
  }
}
