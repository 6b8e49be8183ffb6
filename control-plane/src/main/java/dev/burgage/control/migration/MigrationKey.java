package dev.burgage.control.migration;

import jakarta.persistence.Embeddable;
import java.io.Serializable;

/// The key of a [MigrationRow].
@Embeddable
record MigrationKey(String pool, String version) implements Serializable {}
