/// Whose turn it is on a model.
///
/// [dev.memoryrouter.admission.AdmissionQueue] decides and nothing else: it is told what happened
/// and when, and says what to do. [dev.memoryrouter.admission.Admission] lets threads wait for what
/// it says. Configuration and upstreams are described to both by plain records, so that the same
/// decisions can be made in another process.
@NullMarked
package dev.memoryrouter.admission;

import org.jspecify.annotations.NullMarked;
