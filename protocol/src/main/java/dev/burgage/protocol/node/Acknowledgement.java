package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.Revision;
import org.jspecify.annotations.Nullable;

/// Body of `POST /v1/nodes/{node}/acknowledgement`: the node serves by every binding up to the
/// revision. Also the answer to `GET /node/v1/position`.
///
/// @param tokens the edition of the list of tokens by which it serves, or null if it knows none
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Acknowledgement(Revision revision, @Nullable Long tokens) {}
