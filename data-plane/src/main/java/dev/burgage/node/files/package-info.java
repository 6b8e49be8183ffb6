/// The files of a node: databases, templates, what was moved aside. Every path is made from ids of
/// our own making; a file appears whole, by rename, or not at all.
@NullMarked
package dev.burgage.node.files;

import org.jspecify.annotations.NullMarked;
