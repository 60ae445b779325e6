package dev.memoryrouter.api;

import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/// Which hosts and origins are this machine.
public final class LocalNames {
  private static final Pattern IPV4_LOOPBACK =
      Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

  /// Origins of desktop programs; no web page can have them.
  private static final Set<String> PROGRAM_SCHEMES =
      Set.of("vscode-webview", "vscode-file", "app", "tauri");

  private LocalNames() {}

  /// Whether a `Host` header, with or without port, names this machine.
  static boolean isLocalHost(String host) {
    return isLoopback(withoutPort(host.strip()));
  }

  /// Whether an `Origin` header names a page or program of this machine.
  static boolean isLocalOrigin(String origin) {
    try {
      URI uri = URI.create(origin.strip());
      String scheme = uri.getScheme();
      return scheme != null
          && (PROGRAM_SCHEMES.contains(scheme)
              || (uri.getHost() != null && isLoopback(uri.getHost())));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether an address to bind to is reachable from this machine only.
  public static boolean isLoopback(String host) {
    String name =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return name.equalsIgnoreCase("localhost")
        || name.regionMatches(
            true, Math.max(0, name.length() - ".localhost".length()), ".localhost", 0, 10)
        || name.equals("::1")
        || name.equals("0:0:0:0:0:0:0:1")
        || IPV4_LOOPBACK.matcher(name).matches();
  }

  private static String withoutPort(String host) {
    return PORT.matcher(host).replaceFirst("");
  }
}
