/// What is finally sent: effective limit, budget, placement of memory, receipt.
@NullMarked
package dev.memoryrouter.prompt;

import org.jspecify.annotations.NullMarked;
