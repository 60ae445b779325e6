package dev.memoryrouter.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;

/// One request on a bare connection, which can be closed in any state.
final class RawClient implements AutoCloseable {
  private static final int LONGEST_SILENCE_MILLIS = 20_000;

  private final Socket socket;
  private final BufferedReader reader;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(LONGEST_SILENCE_MILLIS);
    reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  /// Sends a request and does not wait for an answer.
  ///
  /// @param headers more of them, as `name: value`
  static RawClient post(URI uri, String body, String... headers) throws IOException {
    var client = new RawClient(new Socket(InetAddress.getLoopbackAddress(), uri.getPort()));
    var head =
        new StringBuilder(
            "POST %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: raw\r\nContent-Length: %d\r\n"
                .formatted(uri.getPath(), body.getBytes(UTF_8).length));
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    client.socket.getOutputStream().write((head + "\r\n" + body).getBytes(UTF_8));
    client.socket.getOutputStream().flush();
    return client;
  }

  /// What comes up to this text, that included; waits at most [#LONGEST_SILENCE_MILLIS] for each
  /// piece.
  ///
  /// @throws IOException also when the answer ends without it
  String until(String text) throws IOException {
    var read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int next = reader.read();
      if (next < 0) {
        throw new IOException("the answer ended without " + text + ": " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /// What has come so far and was not read yet.
  String received() throws IOException {
    var received = new StringBuilder();
    while (reader.ready()) {
      received.append((char) reader.read());
    }
    return received.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
