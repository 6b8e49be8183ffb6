/// The work that `./burgage train` lets a cell do while its JVMs record which classes they load and
/// which methods become hot: tenants, statements, migrations over all of them, and their undoing.
@NullMarked
package dev.burgage.training;

import org.jspecify.annotations.NullMarked;
