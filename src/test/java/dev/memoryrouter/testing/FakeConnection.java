package dev.memoryrouter.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The server's side of one HTTP/1.1 connection on a bare socket: sees at once when the client
/// leaves, and can cut the connection anywhere.
final class FakeConnection implements AutoCloseable {
  private final Socket socket;
  private final PushbackInputStream in;
  private final OutputStream out;
  private final CountDownLatch clientLeft = new CountDownLatch(1);
  private volatile Script.Transport transport = Script.Transport.PLAIN;
  private volatile boolean askedToClose;
  private boolean chunked;

  record Head(String method, String path, Map<String, String> headers, String body) {}

  FakeConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
    socket.setTcpNoDelay(true);
  }

  /// The next request, or nothing when the client has closed the connection.
  Optional<Head> read() throws IOException {
    String first = line();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = first.split(" ", -1);
    var headers = new LinkedHashMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    askedToClose = "close".equalsIgnoreCase(headers.get("connection"));
    return Optional.of(new Head(parts[0], parts[1], headers, body(headers)));
  }

  /// Whether this connection takes no further request: the client asked for that.
  boolean closes() {
    return askedToClose && !transport.closesUnsaid();
  }

  /// Blocks until the client sends its next request (true) or leaves (false).
  boolean awaitNextRequest() {
    try {
      int next = in.read();
      if (next >= 0) {
        in.unread(next);
        return true;
      }
    } catch (IOException _) {
      // A reset is a client that left.
    }
    clientLeft.countDown();
    return false;
  }

  /// Silence, which ends when the client leaves.
  ///
  /// @return whether the client is still there
  boolean silence(Duration duration) throws InterruptedException {
    return !clientLeft.await(duration.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// How the next response goes over this connection.
  void use(Script.Transport newTransport) {
    transport = newTransport;
  }

  /// A complete response.
  void respond(int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    head(status, type, "Content-Length: " + bytes.length);
    out.write(bytes);
    out.flush();
  }

  /// Begins a streamed response of status 200.
  void begin(String type) throws IOException {
    head(200, type, "Transfer-Encoding: chunked");
    out.flush();
    chunked = true;
  }

  void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int size = transport.byteByByte() ? 1 : bytes.length;
    for (int at = 0; at < bytes.length; at += size) {
      chunk(bytes, at, size);
    }
  }

  private void chunk(byte[] bytes, int from, int size) throws IOException {
    var chunk = new ByteArrayOutputStream(size + 16);
    chunk.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    chunk.write(bytes, from, size);
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.write(chunk.toByteArray());
    out.flush();
  }

  boolean begun() {
    return chunked;
  }

  /// Ends a streamed response properly.
  void end() throws IOException {
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    chunked = false;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // Closed is what was wanted.
    }
  }

  private void head(int status, String type, String length) throws IOException {
    var head = new StringBuilder("HTTP/1.1 " + status + " Fake\r\n" + length + "\r\n");
    if (!transport.headers().containsKey("Content-Type")) {
      head.append("Content-Type: ").append(type).append("\r\n");
    }
    if (closes()) {
      head.append("Connection: close\r\n");
    }
    transport
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
  }

  private String body(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      var all = new ByteArrayOutputStream();
      for (int size = size(); size > 0; size = size()) {
        all.write(in.readNBytes(size));
        line();
      }
      line();
      return all.toString(StandardCharsets.UTF_8);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private int size() throws IOException {
    return Integer.parseInt(line().strip(), 16);
  }

  private String line() throws IOException {
    var bytes = new ByteArrayOutputStream();
    InputStream source = in;
    for (int b = source.read(); b >= 0 && b != '\n'; b = source.read()) {
      if (b != '\r') {
        bytes.write(b);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
