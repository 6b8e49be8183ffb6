/// Tests of snapshots. They read what is left in the file, byte by byte.
@NullMarked
package dev.burgage.node.snapshot;

import org.jspecify.annotations.NullMarked;
