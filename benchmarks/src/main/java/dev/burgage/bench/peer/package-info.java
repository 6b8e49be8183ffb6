/// The systems that are measured, each started as processes of its own on free ports and stopped by
/// pid. Where a peer cannot run here it says why and is left out.
@NullMarked
package dev.burgage.bench.peer;

import org.jspecify.annotations.NullMarked;
