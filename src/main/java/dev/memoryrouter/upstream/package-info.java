/// Model servers: their settings, what each model can do and has loaded, and streaming calls to
/// them.
@NullMarked
package dev.memoryrouter.upstream;

import org.jspecify.annotations.NullMarked;
