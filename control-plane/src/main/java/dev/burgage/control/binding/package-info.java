/// The binding stream: every change of a binding reaches every node, in an order that loses
/// nothing. See DESIGN.md beside this file.
@NullMarked
package dev.burgage.control.binding;

import org.jspecify.annotations.NullMarked;
