package dev.burgage.d1;

/// What a Worker knows as `env`: the pools that this service is bound to. `DB_POOL` is the one that
/// most services have; a service with several makes an `Env` for each.
///
/// Immutable and thread-safe.
public final class Env {
  /// The pool of tenant databases: `env.DB_POOL.get("acme").prepare("…").bind(…).all()`.
  @SuppressWarnings("MemberName") // the name that D1's users know
  public final DbPool DB_POOL;

  public Env(DbPool dbPool) {
    this.DB_POOL = dbPool;
  }
}
