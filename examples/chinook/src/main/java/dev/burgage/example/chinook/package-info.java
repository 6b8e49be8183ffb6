/// The story that `./burgage demo` tells, told with nothing but the client library: a music store's
/// database for every tenant, provisioned, queried, and migrated as one. Each step checks what it
/// got and takes the time; the program ends well only if all of them were right.
@NullMarked
package dev.burgage.example.chinook;

import org.jspecify.annotations.NullMarked;
