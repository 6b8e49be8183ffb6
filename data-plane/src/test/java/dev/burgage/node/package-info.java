/// A node as its neighbours see it: over HTTP, with a control plane of the tests' own.
@NullMarked
package dev.burgage.node;

import org.jspecify.annotations.NullMarked;
