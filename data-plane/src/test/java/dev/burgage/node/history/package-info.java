/// Tests of the past: every state that a database had comes back.
@NullMarked
package dev.burgage.node.history;

import org.jspecify.annotations.NullMarked;
