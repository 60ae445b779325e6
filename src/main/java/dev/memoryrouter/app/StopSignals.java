package dev.memoryrouter.app;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the server in order when the process is told to stop. The JVM runs all shutdown hooks at
/// once, and ONNX Runtime frees itself in one of them: a request that embeds, or a model that is
/// being loaded, would crash the process. So the signals are taken first, and the hooks run when
/// everything is closed.
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  /// By convention a process that ends by a signal has the exit code 128 + its number.
  private static final Map<String, Integer> EXIT_CODES = Map.of("TERM", 143, "INT", 130);

  private StopSignals() {}

  /// Runs `stop` and then exits, at the first signal. Without support for signals it becomes a
  /// shutdown hook.
  static void on(Runnable stop) {
    try {
      for (Map.Entry<String, Integer> signal : EXIT_CODES.entrySet()) {
        handle(signal.getKey(), () -> exit(stop, signal.getValue()));
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.debug("signals cannot be taken: {}", e.toString());
      Runtime.getRuntime().addShutdownHook(new Thread(stop, "shutdown"));
    }
  }

  private static void exit(Runnable stop, int code) {
    Thread.ofPlatform()
        .name("shutdown")
        .start(() -> {
          try {
            stop.run();
          } finally {
            System.exit(code);
          }
        });
  }

  /// By reflection, because the compiler warns of `sun.misc` and no option silences that.
  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) -> answer(self, method, arguments, action));
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }

  private static @Nullable Object answer(
      Object self, Method method, @Nullable Object @Nullable [] arguments, Runnable action) {
    return switch (method.getName()) {
      case "handle" -> {
        action.run();
        yield null;
      }
      case "hashCode" -> System.identityHashCode(self);
      case "equals" ->
          arguments != null
              && System.identityHashCode(arguments[0]) == System.identityHashCode(self);
      default -> "StopSignals";
    };
  }
}
