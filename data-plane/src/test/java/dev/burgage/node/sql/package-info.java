/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.sql;

import org.jspecify.annotations.NullMarked;
