/// The client library: a service reaches its tenants' databases over HTTP as `env.DB_POOL`, and an
/// operator's program creates tenants and rolls migrations out. It knows the `protocol` module and
/// the JDK's HTTP client, and nothing of either plane's insides.
@NullMarked
package dev.burgage.client;

import org.jspecify.annotations.NullMarked;
