/// The commands of the command line, each a thin layer over the feature it drives.
@NullMarked
package dev.memoryrouter.cli;

import org.jspecify.annotations.NullMarked;
