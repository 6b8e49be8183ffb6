package dev.burgage.migrations.script;

/// How the names of migration files are written. Both are Flyway's, with other settings.
public enum NameStyle {
  /// `V3__add_invoices.sql`.
  FLYWAY("V", "__"),
  /// `0003_add_invoices.sql`, as `wrangler d1 migrations create` and drizzle-kit name them.
  WRANGLER("", "_");

  private final String prefix;
  private final String separator;

  NameStyle(String prefix, String separator) {
    this.prefix = prefix;
    this.separator = separator;
  }

  /// @param name of a file that [MigrationSetReader] took
  public static NameStyle of(String name) {
    return !name.isEmpty() && name.charAt(0) >= '0' && name.charAt(0) <= '9' ? WRANGLER : FLYWAY;
  }

  /// Flyway's `sqlMigrationPrefix`.
  public String prefix() {
    return prefix;
  }

  /// Flyway's `sqlMigrationSeparator`.
  public String separator() {
    return separator;
  }
}
