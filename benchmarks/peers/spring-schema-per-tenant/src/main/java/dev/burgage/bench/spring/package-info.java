/// A benchmark peer: schema-per-tenant PostgreSQL behind Spring MVC and Hibernate multi-tenancy, as
/// its documentation says to do it. It shares nothing with Burgage.
@NullMarked
package dev.burgage.bench.spring;

import org.jspecify.annotations.NullMarked;
