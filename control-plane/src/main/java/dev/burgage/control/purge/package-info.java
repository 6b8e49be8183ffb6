/// What is left of a deleted tenant's database, asked of every node. The metadata forgets a purged
/// tenant, so nothing but looking can tell.
@NullMarked
package dev.burgage.control.purge;

import org.jspecify.annotations.NullMarked;
