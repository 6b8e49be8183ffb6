package dev.burgage.control.rollout;

import jakarta.persistence.Embeddable;
import java.io.Serializable;
import java.util.UUID;

/// The key of a [TargetRow].
@Embeddable
record TargetKey(UUID rollout, String tenant) implements Serializable {}
