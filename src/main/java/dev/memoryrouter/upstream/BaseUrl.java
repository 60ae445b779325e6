package dev.memoryrouter.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Base URLs as users write them, brought to one form: with a scheme, with a host that can be
/// called, without a slash at the end; Ollama's without `/v1` or `/api`, others with a path.
final class BaseUrl {
  /// Stands where the configuration has no usable URL.
  static final URI NONE = URI.create("http://127.0.0.1:11434");

  private static final int OLLAMA_PORT = 11434;
  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://.*");
  private static final Pattern OLLAMA_PATH = Pattern.compile("(/v1|/api)+$");

  private BaseUrl() {}

  /// @throws IllegalArgumentException with a message for the author
  static URI parse(String text, UpstreamSettings.Type type) {
    String stripped = text.strip();
    boolean schemeGiven = SCHEME.matcher(stripped).matches();
    URI uri = uri(schemeGiven ? stripped : "http://" + withHost(stripped));
    check(uri, stripped);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean ollama = type == UpstreamSettings.Type.OLLAMA;
    int port = uri.getPort() < 0 && ollama && !schemeGiven ? OLLAMA_PORT : uri.getPort();
    return URI.create(
        scheme + "://" + host(uri) + (port < 0 ? "" : ":" + port) + path(uri, ollama));
  }

  /// `:11434` is this machine's.
  private static String withHost(String text) {
    return text.startsWith(":") ? "127.0.0.1" + text : text;
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
  }

  private static void check(URI uri, String text) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(wrong(text));
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "a URL with a user name is not supported; put the key into api-key");
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(wrong(text));
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new IllegalArgumentException(wrong(text));
    }
  }

  private static String wrong(String text) {
    return "found \"" + text + "\", expected a URL such as http://localhost:11434";
  }

  /// An address to listen on cannot be called; this machine's own is meant.
  private static String host(URI uri) {
    return switch (uri.getHost()) {
      case "0.0.0.0" -> "127.0.0.1";
      case "[::]" -> "[::1]";
      case String host -> host;
    };
  }

  private static String path(URI uri, boolean ollama) {
    String path = stripSlashes(uri.getRawPath());
    if (ollama) {
      return stripSlashes(OLLAMA_PATH.matcher(path).replaceFirst(""));
    }
    return path.isEmpty() ? "/v1" : path;
  }

  private static String stripSlashes(@Nullable String path) {
    return path == null ? "" : path.replaceAll("/+$", "");
  }
}
