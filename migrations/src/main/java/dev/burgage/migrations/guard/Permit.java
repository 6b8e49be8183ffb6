package dev.burgage.migrations.guard;

/// The policy that holds on one connection now. Read by the authorizer in calls that SQLite makes
/// on the thread that uses the connection, so a plain field will do; whoever hands a connection to
/// another thread hands it over with a lock or queue anyway.
final class Permit {
  private Policy policy = Policy.TRUSTED; // while the driver opens the connection
  private boolean installed;
  private boolean indirect;

  Policy policy() {
    return policy;
  }

  Policy exchange(Policy next) {
    Policy before = policy;
    policy = next;
    return before;
  }

  void install() {
    installed = true;
  }

  boolean isInstalled() {
    return installed;
  }

  /// A view or trigger was met.
  void noteIndirect() {
    indirect = true;
  }

  boolean takeIndirect() {
    boolean met = indirect;
    indirect = false;
    return met;
  }
}
