package dev.burgage.protocol.node;

import org.jspecify.annotations.Nullable;

/// Answer to the order that puts a backup in a database's place.
///
/// @param previousBookmark of the last commit before
/// @param bookmark of the restore
/// @param schemaVersion newest version in its history of migrations now, or null if there is none
public record Restored(String previousBookmark, String bookmark, @Nullable String schemaVersion) {}
