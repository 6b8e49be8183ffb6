/// What the control plane and a node say to one another: how a node joins the binding stream, and
/// the idempotent orders (`/node/v1/…`) that the control plane gives to a node.
@NullMarked
package dev.burgage.protocol.node;

import org.jspecify.annotations.NullMarked;
