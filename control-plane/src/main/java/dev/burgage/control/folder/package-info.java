/// The folder in which one control plane keeps all that it writes to disk. It belongs to one
/// process at a time, and its secrets are readable by their owner only.
@NullMarked
package dev.burgage.control.folder;

import org.jspecify.annotations.NullMarked;
