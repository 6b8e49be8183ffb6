package dev.burgage.node.ship;

import dev.burgage.node.log.LogRecord;
import dev.burgage.protocol.Bookmark;

/// How far a restore goes.
sealed interface Goal {
  /// As far as there is anything.
  Goal NEWEST = new UpTo(-1); // times are unsigned

  /// Whether a state with this record is not behind it.
  boolean includes(LogRecord end);

  /// Whether a base is not behind it.
  boolean includes(Base.Name base);

  /// Whether the first record of a run is not behind it.
  boolean includesBegin(Run run);

  /// Whether no record of a run is behind it.
  boolean includesEnd(Run run);

  /// Whether nothing more needs to be read.
  boolean isReached(Remake remake);

  /// One commit.
  record At(Bookmark bookmark) implements Goal {
    @Override
    public boolean includes(LogRecord end) {
      return end.key().transaction() <= bookmark.transaction();
    }

    @Override
    public boolean includes(Base.Name base) {
      return base.transaction() <= bookmark.transaction();
    }

    @Override
    public boolean includesBegin(Run run) {
      return run.firstTransaction() <= bookmark.transaction();
    }

    @Override
    public boolean includesEnd(Run run) {
      return run.lastTransaction() <= bookmark.transaction();
    }

    @Override
    public boolean isReached(Remake remake) {
      return remake.transaction() >= bookmark.transaction();
    }
  }

  /// The last commit that is not after a time, as records have it.
  record UpTo(long time) implements Goal {
    @Override
    public boolean includes(LogRecord end) {
      return Long.compareUnsigned(end.time(), time) <= 0;
    }

    @Override
    public boolean includes(Base.Name base) {
      return Long.compareUnsigned(base.time(), time) <= 0;
    }

    @Override
    public boolean includesBegin(Run run) {
      return Long.compareUnsigned(run.firstTime(), time) <= 0;
    }

    @Override
    public boolean includesEnd(Run run) {
      return Long.compareUnsigned(run.lastTime(), time) <= 0;
    }

    @Override
    public boolean isReached(Remake remake) {
      return false;
    }
  }

  /// All before a place: of bases only those that are no younger.
  record UpToPlace(Chronicle.Until until) implements Goal {
    @Override
    public boolean includes(LogRecord end) {
      return true;
    }

    @Override
    public boolean includes(Base.Name base) {
      return Times.second(base.time()) <= until.second();
    }

    @Override
    public boolean includesBegin(Run run) {
      return true;
    }

    @Override
    public boolean includesEnd(Run run) {
      return true;
    }

    @Override
    public boolean isReached(Remake remake) {
      return false;
    }
  }
}
