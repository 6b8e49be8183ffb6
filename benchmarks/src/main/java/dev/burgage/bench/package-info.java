/// The benchmarks' command line: reads the options, runs the chosen scenarios, makes the tables.
/// Nothing here runs in a build; `benchmarks/run` starts it.
@NullMarked
package dev.burgage.bench;

import org.jspecify.annotations.NullMarked;
