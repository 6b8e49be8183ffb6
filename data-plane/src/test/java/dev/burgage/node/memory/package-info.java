@NullMarked
package dev.burgage.node.memory;

import org.jspecify.annotations.NullMarked;
