package dev.memoryrouter.conversation;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One piece of a message's content.
public sealed interface Part {
  /// Plain text, never null, possibly empty.
  record Text(String text) implements Part {}

  /// An image.
  ///
  /// @param url a `data:<media type>;base64,…` URL, or an http(s) URL that only OpenAI-compatible
  ///   upstreams can follow
  /// @param detail OpenAI's `low`, `high` or `auto`, null when the client sent none
  record Image(String url, @Nullable String detail) implements Part {
    private static final String BASE64_MARK = ";base64,";

    /// Whether the bytes are in the URL itself.
    public boolean isInline() {
      return url.startsWith("data:") && url.contains(BASE64_MARK);
    }

    /// The bare base64 text of an inline image.
    ///
    /// @throws IllegalStateException when the image is not inline
    public String base64() {
      if (!isInline()) {
        throw new IllegalStateException("image is not inline");
      }
      return url.substring(url.indexOf(BASE64_MARK) + BASE64_MARK.length());
    }
  }

  /// A part of a type that this server does not interpret (audio, files); passed on as received.
  record Other(String type, JsonNode raw) implements Part {}
}
