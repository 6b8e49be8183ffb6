/// Tests of the package of the same name.
@NullMarked
package dev.burgage.node.files;

import org.jspecify.annotations.NullMarked;
