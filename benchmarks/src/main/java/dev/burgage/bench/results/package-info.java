/// Results as JSON lines, and the Markdown tables made from them: medians over rounds, each beside
/// its ratio to a named peer of the same run.
@NullMarked
package dev.burgage.bench.results;

import org.jspecify.annotations.NullMarked;
