package dev.burgage.client;

import dev.burgage.protocol.Engine;
import org.jspecify.annotations.Nullable;

/// A pool, as the control plane knows it.
///
/// @param schemaVersion newest registered migration, which new tenants start with; null if there is
///   none
public record Pool(String name, Engine engine, @Nullable String schemaVersion) {}
