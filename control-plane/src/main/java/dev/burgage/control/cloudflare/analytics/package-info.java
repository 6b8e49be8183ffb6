/// The two questions that wrangler asks Cloudflare's GraphQL API (`d1 info`, `d1 insights`),
/// answered from the nodes' own figures.
@NullMarked
package dev.burgage.control.cloudflare.analytics;

import org.jspecify.annotations.NullMarked;
