package dev.burgage.protocol.node;

import dev.burgage.protocol.Revision;

/// Body of `POST /v1/nodes/{node}/acknowledgement`: the node serves by every binding up to the
/// revision. Also the answer to `GET /node/v1/position`.
public record Acknowledgement(Revision revision) {}
