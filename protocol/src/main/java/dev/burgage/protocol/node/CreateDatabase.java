package dev.burgage.protocol.node;

import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import org.jspecify.annotations.Nullable;

/// Body of `PUT /node/v1/databases/{database}/{generation}`: make the database's file by copying a
/// template, or as another database was. Repeating it changes nothing. A node without the template
/// answers `template_missing` (409); the caller sends it with `PUT /node/v1/templates/{id}` (body:
/// the template) and asks again.
///
/// @param template id of the template; with a source only what the database is planned by
/// @param source null for a copy of the template
public record CreateDatabase(String template, @Nullable Source source) {
  /// A copy of a template.
  public CreateDatabase(String template) {
    this(template, /* source= */ null);
  }

  /// One commit of another database.
  ///
  /// @param bookmark its text
  /// @param sizeBytesMax what the copy may have
  public record Source(DatabaseId database, String bookmark, long sizeBytesMax) {
    /// @throws IllegalArgumentException if the bookmark is not one
    public Source {
      var _ = Bookmark.parse(bookmark);
    }
  }

  /// Answer to the order.
  ///
  /// @param schemaVersion newest version in the history of migrations of a copy of a source; else
  ///   null
  public record Created(@Nullable String schemaVersion) {}
}
