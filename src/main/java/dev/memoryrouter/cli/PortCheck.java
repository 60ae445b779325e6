package dev.memoryrouter.cli;

import dev.memoryrouter.api.LocalNames;
import dev.memoryrouter.chat.HttpSettings;
import dev.memoryrouter.chat.ServerSettings;
import dev.memoryrouter.files.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the server could bind its port, or has done so already.
final class PortCheck {
  private static final String SUBJECT = "port";

  private final ServerSettings server;
  private final HttpSettings http;

  PortCheck(ServerSettings server) {
    this.server = server;
    this.http = server.http();
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (server.apiKeys().isEmpty() && !LocalNames.isLoopback(http.host())) {
      findings.add(
          Finding.fix(
              SUBJECT,
              "APP_HOST is " + http.host() + ", which other machines can reach, without API keys",
              "set ROUTER_API_KEYS, or bind to 127.0.0.1; the server does not start otherwise"));
    }
    findings.add(running().map(PortCheck::isRunning).orElseGet(this::bind));
    return findings;
  }

  /// The server of this project's index, if it serves this port.
  private Optional<ServerAddress> running() {
    try {
      return ServerAddress.read(server.store().path()).filter(this::servesPort);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private boolean servesPort(ServerAddress address) {
    try {
      return URI.create(address.baseUrl()).getPort() == http.port();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Finding isRunning(ServerAddress address) {
    return Finding.ok(
        SUBJECT, "the server runs on %s (process %d)".formatted(address.baseUrl(), address.pid()));
  }

  private Finding bind() {
    String place = http.port() + " on " + http.host();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(http.host()), http.port()));
      return Finding.ok(SUBJECT, http.port() == 0 ? "any that is free" : place + " is free");
    } catch (IOException e) {
      return Finding.fix(
          SUBJECT,
          place + " cannot be used: " + Failures.sentence(e),
          "stop the other program, or set APP_PORT (APP_HOST) to another");
    }
  }
}
