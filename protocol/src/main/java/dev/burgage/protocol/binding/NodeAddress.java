package dev.burgage.protocol.binding;

import dev.burgage.protocol.NodeName;
import java.net.URI;

/// Where a node answers.
public record NodeAddress(NodeName name, URI url) {}
