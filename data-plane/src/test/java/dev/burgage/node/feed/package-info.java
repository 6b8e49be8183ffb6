/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.feed;

import org.jspecify.annotations.NullMarked;
