/// What a node tells Prometheus. No figure has a tenant or a pool as a label: there are too many.
@NullMarked
package dev.burgage.node.metrics;

import org.jspecify.annotations.NullMarked;
