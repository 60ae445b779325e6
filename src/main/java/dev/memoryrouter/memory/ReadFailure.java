package dev.memoryrouter.memory;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Why a file or folder could not be read, in words for its owner.
final class ReadFailure {
  private static final String UNKNOWN = "cannot be read";

  private ReadFailure() {}

  static String reason(@Nullable IOException failure) {
    return switch (failure) {
      case null -> UNKNOWN;
      case NoSuchFileException _ -> "no longer there, or a link to nothing";
      case AccessDeniedException _ -> "no permission to read it";
      case NotDirectoryException _ -> "not a folder";
      case FileSystemException e -> Objects.requireNonNullElse(e.getReason(), UNKNOWN);
      default -> Objects.requireNonNullElse(failure.getMessage(), UNKNOWN);
    };
  }
}
