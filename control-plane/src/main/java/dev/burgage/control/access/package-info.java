/// Who is calling, and what that caller may reach: the one place where a token turns into a right.
/// Only digests of tokens are compared or stored.
@NullMarked
package dev.burgage.control.access;

import org.jspecify.annotations.NullMarked;
