/// HTTP: the OpenAI surface, the router's own endpoints, and the mapping of errors.
@NullMarked
package dev.memoryrouter.api;

import org.jspecify.annotations.NullMarked;
