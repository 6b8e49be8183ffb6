/// What the operating system and the JVM say of a process and its children: CPU time, memory, heap.
/// All of it is read from `/proc` and `jcmd`, so figures exist on Linux only.
@NullMarked
package dev.burgage.bench.measure;

import org.jspecify.annotations.NullMarked;
