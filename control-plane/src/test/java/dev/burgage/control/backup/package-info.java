/// Tests of backups and drills over the API, with nodes that only say what they were told. What a
/// backup really is, the data plane's tests see to.
@NullMarked
package dev.burgage.control.backup;

import org.jspecify.annotations.NullMarked;
