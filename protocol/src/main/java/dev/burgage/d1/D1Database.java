package dev.burgage.d1;

import java.util.List;

/// One tenant's database, with the surface of D1's `D1Database`. Calls block the calling thread,
/// which may be virtual. Thread-safe.
///
/// Source of the surface: Cloudflare's documentation of the D1 Workers Binding API.
public interface D1Database {
  /// Keeps the first constraint of a session: read what any copy has.
  String FIRST_UNCONSTRAINED = "first-unconstrained";

  /// Keeps the first constraint of a session: the first statement sees every commit before it.
  String FIRST_PRIMARY = "first-primary";

  D1PreparedStatement prepare(String sql);

  /// Runs the statements in one transaction: all of them or none.
  ///
  /// @return one result a statement, in the same order
  /// @throws D1Exception if any of them failed; none has had an effect then
  List<D1Result> batch(List<D1PreparedStatement> statements);

  /// Runs each line of the text as a statement of its own, without parameters, in one transaction.
  /// As in D1, a statement may not span lines.
  ///
  /// @throws D1Exception if any of them failed; none has had an effect then
  D1ExecResult exec(String sql);

  /// A session whose reads never go back behind its own writes, or behind the bookmark it starts
  /// from.
  ///
  /// @param constraintOrBookmark [#FIRST_PRIMARY], [#FIRST_UNCONSTRAINED] or a bookmark
  D1DatabaseSession withSession(String constraintOrBookmark);

  /// `withSession(FIRST_UNCONSTRAINED)`.
  default D1DatabaseSession withSession() {
    return withSession(FIRST_UNCONSTRAINED);
  }
}
