package dev.memoryrouter.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// The machine that commands run on.
final class Host {
  private static final int JDK = 25;

  private Host() {}

  /// Bytes of memory; within a container what it may use.
  static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  static Finding java() {
    Runtime.Version version = Runtime.version();
    String text =
        "%s (%s), %s"
            .formatted(version, System.getProperty("java.vendor"), System.getProperty("java.home"));
    return version.feature() >= JDK
        ? Finding.ok("Java", text)
        : Finding.fix("Java", text, "install a JDK 25 and set JAVA_HOME to it");
  }

  /// As people write sizes, in GB of 1,073,741,824 bytes.
  static String gigabytes(long bytes) {
    double size = bytes / (double) (1L << 30);
    return size >= 10 || size == Math.rint(size)
        ? Math.round(size) + " GB"
        : String.format(Locale.ROOT, "%.1f GB", size);
  }
}
