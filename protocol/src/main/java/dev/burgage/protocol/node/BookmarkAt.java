package dev.burgage.protocol.node;

import java.time.Instant;

/// Answer to `GET …/bookmark?at=`: a commit of a database.
///
/// @param bookmark its name
/// @param time the second in which it was committed
public record BookmarkAt(String bookmark, Instant time) {}
