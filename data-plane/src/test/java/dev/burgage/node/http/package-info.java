/// The node's HTTP routes, looked at from inside. What they answer is tested over sockets one
/// package up.
@NullMarked
package dev.burgage.node.http;

import org.jspecify.annotations.NullMarked;
