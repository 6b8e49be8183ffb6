package dev.burgage.protocol;

/// The HTTP headers that Burgage adds to the usual ones.
public final class Headers {
  /// On an answer: the revision of the change that it reports. On a request: the node waits, within
  /// bounds, until it has seen that revision.
  public static final String REVISION = "Burgage-Revision";

  /// On a request that one node passes to another: who passed it. A request is passed on once only.
  public static final String FORWARDED_BY = "Burgage-Forwarded-By";

  /// On a query: `exact` binds JSON integers as SQLite integers. Without it every JSON number binds
  /// as REAL, as D1 does with JavaScript's numbers.
  public static final String INTEGERS = "Burgage-Integers";

  /// On a query: `each` gives a result for every statement, as D1's REST API does. Without it a
  /// text of several statements gives one, that of its last, as D1's binding does.
  public static final String RESULTS = "Burgage-Results";

  /// D1's session header: a constraint or a bookmark in, the newest bookmark out.
  public static final String SESSION = "x-cf-d1-session-commit-token";

  private Headers() {}
}
