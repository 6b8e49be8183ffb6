/// Migrations as they travel between planes: registered scripts, and the template that a set of
/// them makes.
@NullMarked
package dev.burgage.protocol.migration;

import org.jspecify.annotations.NullMarked;
