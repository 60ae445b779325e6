package dev.memoryrouter.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/// One bare connection to the server, for requests that no client library would send and for seeing
/// each byte when it comes.
final class RawConnection implements AutoCloseable {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);

  private final Socket socket;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  RawConnection(TestServer server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort());
    socket.setSoTimeout((int) LONGEST_SILENCE.toMillis());
    socket.setTcpNoDelay(true);
  }

  /// A request with the headers that are always needed.
  ///
  /// @param start method, path and version
  /// @param headers more of them, each line with its end
  static String request(String start, String headers, String body) {
    return "%s\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(start, headers, body.getBytes(UTF_8).length, body);
  }

  void send(String text) throws IOException {
    send(text.getBytes(UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /// Reads until this text is among what was received, and gives all of it.
  ///
  /// @throws AssertionError when the connection ends before
  String readTo(String text) throws IOException {
    byte[] buffer = new byte[8192];
    while (!received.toString(UTF_8).contains(text)) {
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        throw new AssertionError(
            "the connection ended without \"%s\": %s".formatted(text, received.toString(UTF_8)));
      }
      received.write(buffer, 0, count);
    }
    return received.toString(UTF_8);
  }

  /// Everything until the server closes the connection.
  String readAll() throws IOException {
    received.write(socket.getInputStream().readAllBytes());
    return received.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
