package dev.burgage.migrations.guard;

import java.lang.foreign.MemorySegment;

/// The policy that holds on one connection now. Read by the authorizer in calls that SQLite makes
/// on the thread that uses the connection, so a plain field will do; whoever hands a connection to
/// another thread hands it over with a lock or queue anyway.
final class Permit {
  private Policy policy = Policy.TRUSTED; // while the driver opens the connection
  private MemorySegment database = MemorySegment.NULL;
  private boolean writeRefused;

  Policy policy() {
    return policy;
  }

  Policy exchange(Policy next) {
    Policy before = policy;
    policy = next;
    return before;
  }

  /// A write was refused to somebody who may only read.
  void refuseWrite() {
    writeRefused = true;
  }

  boolean isWriteRefused() {
    return writeRefused;
  }

  void beginRequest() {
    writeRefused = false;
  }

  void install(MemorySegment database) {
    this.database = database;
  }

  boolean isInstalled() {
    return database.address() != 0;
  }

  /// SQLite's connection, null before it is installed.
  MemorySegment database() {
    return database;
  }
}
