/// What a tenant's schema is, apart from how it came to be: its objects in canonical form, their
/// fingerprint, and in what two schemas differ.
@NullMarked
package dev.burgage.migrations.schema;

import org.jspecify.annotations.NullMarked;
