package dev.burgage.node.log;

import org.jspecify.annotations.Nullable;

/// What a record says. The codes are part of the format and never change their meaning.
public enum Kind {
  /// Of the log itself, the first of each group: all before it was durable when it was written.
  SYNCED(1),

  /// Pages of a transaction that goes on in the database's next record.
  PART(2),

  /// The last pages of a transaction: with it the transaction is committed.
  COMMIT(3),

  /// The last pages of a whole database: nothing before it is needed.
  BASE(4),

  /// The database is the file with a SHA-256, that of a template for example. The record holds the
  /// 32 bytes of it and no pages.
  BASE_FILE(5),

  /// All before it is in the database's file, durably. Says nothing of the database's content, so
  /// it is not counted and not chained: it repeats the hash of the record before.
  CHECKPOINT(6),

  /// The database is served under the record's generation from here on.
  ATTACHED(7),

  /// The database is no more.
  DELETED(8);

  private final byte code;

  Kind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static @Nullable Kind of(byte code) {
    return code >= 1 && code <= values().length ? values()[code - 1] : null;
  }

  /// Whether the database's next record belongs to the next transaction.
  public boolean endsTransaction() {
    return this != PART && this != CHECKPOINT && this != SYNCED;
  }

  /// Whether it is a step of the database's content, which its hash chains to the step before.
  public boolean isChained() {
    return this != CHECKPOINT && this != SYNCED;
  }

  boolean mayHavePages() {
    return this == PART || this == COMMIT || this == BASE;
  }
}
