/// The node's edge: routes, tokens, headers, status codes on Helidon's server. It translates and
/// decides nothing about data.
@NullMarked
package dev.burgage.node.http;

import org.jspecify.annotations.NullMarked;
