/// The load generator: HTTP/1.1 over a few sockets, in a closed loop (each connection asks again
/// when it has its answer) or at a fixed rate. It checks every answer and knows nothing of peers.
@NullMarked
package dev.burgage.bench.load;

import org.jspecify.annotations.NullMarked;
