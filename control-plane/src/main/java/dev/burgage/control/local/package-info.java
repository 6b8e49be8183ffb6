/// One node as a child process, for a laptop and for trying things: started, watched, restarted and
/// stopped here. A node somewhere else needs none of this.
@NullMarked
package dev.burgage.control.local;

import org.jspecify.annotations.NullMarked;
