/// How every answer of the API looks when something is wrong, and the limits that hold before any
/// feature sees a request. It knows no feature.
@NullMarked
package dev.burgage.control.web;

import org.jspecify.annotations.NullMarked;
