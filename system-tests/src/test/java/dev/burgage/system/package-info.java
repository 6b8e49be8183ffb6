/// Whole cells of real processes, started by the launcher, killed and looked at from outside; and
/// the rules of the house over all modules. Knows the parts by their HTTP, their folders and their
/// process ids only.
@NullMarked
package dev.burgage.system;

import org.jspecify.annotations.NullMarked;
