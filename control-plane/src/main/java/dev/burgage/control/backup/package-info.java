/// Backups of tenants and the drills that prove them, for whoever asks by the API. The nodes that
/// have the databases make, keep and check them; nothing of them is in the metadata.
@NullMarked
package dev.burgage.control.backup;

import org.jspecify.annotations.NullMarked;
