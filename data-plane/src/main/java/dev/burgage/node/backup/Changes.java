package dev.burgage.node.backup;

import dev.burgage.node.backup.Ledger.Entry;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.LogTail;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which databases of this node have commits that no backup has, and when each is due: at its own
/// moment of the interval, so that they are spread over it. A database at rest costs a look into
/// two maps. For one thread.
final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final NodeName self;
  private final BindingTable table;
  private final CommitLog log;
  private final Ledger ledger;
  private final Duration interval;

  Changes(NodeName self, BindingTable table, CommitLog log, Ledger ledger, Duration interval) {
    this.self = self;
    this.table = table;
    this.log = log;
    this.ledger = ledger;
    this.interval = interval;
  }

  /// A database to be backed up.
  ///
  /// @param tail where its records ended when it was looked at
  /// @param since the second in which it became due
  record Due(Binding binding, LogPosition tail, long since) {}

  /// Databases of this node that may be written to.
  List<Binding> own() {
    List<Binding> own = new ArrayList<>();
    table.forEach(binding -> {
      if (isOwn(binding)) {
        own.add(binding);
      }
    });
    return own;
  }

  /// Of all of the cell, for those who forget what is gone.
  Set<DatabaseId> known() {
    Set<DatabaseId> known = new HashSet<>();
    table.forEach(binding -> known.add(binding.database()));
    return known;
  }

  /// Notes what has changed.
  ///
  /// @return those that are due, the longest first
  List<Due> look(Instant now) throws IOException {
    List<Due> due = new ArrayList<>();
    try {
      table.forEach(binding -> {
        Due one = isOwn(binding) ? look(binding, now) : null;
        if (one != null) {
          due.add(one);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    due.sort(Comparator.comparingLong(Due::since));
    return due;
  }

  private boolean isOwn(Binding binding) {
    return binding.node().equals(self)
        && binding.engine() == Engine.SQLITE
        && binding.state() != BindingState.DELETED;
  }

  private @Nullable Due look(Binding binding, Instant now) {
    LogTail tail = log.find(binding.database());
    if (tail == null) {
      return null; // never opened: it is its template
    }
    Entry known = ledger.find(binding.database());
    Entry entry = known == null ? Entry.NONE : known;
    if (entry.changed() == 0 && !entry.tail().equals(tail.last())) {
      entry = noted(binding.database(), entry, now);
    }
    if (entry.changed() == 0) {
      return null;
    }
    long due = moment(binding.database(), Math.max(entry.changed(), entry.backedUp()));
    return due <= now.getEpochSecond() ? new Due(binding, tail.last(), due) : null;
  }

  private Entry noted(DatabaseId database, Entry entry, Instant now) {
    LogTail tail = log.find(database);
    if (tail == null) {
      return entry;
    }
    boolean isOld = isOld(database, entry);
    try {
      return ledger.update(
          database,
          known ->
              isOld ? known.seen(tail.last()) : known.changed(tail.last(), now.getEpochSecond()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // A record may be the log's own: one that says that an old commit is still the newest.
  private boolean isOld(DatabaseId database, Entry entry) {
    try {
      LogRecord newest = log.findLast(database);
      return newest == null
          || newest.kind() == Kind.BASE_FILE // a template's file
          || newest.kind() == Kind.DELETED
          || newest.hash().first() == entry.chain();
    } catch (IOException e) {
      LOG.warn("What is newest of database {} cannot be read; it is backed up", database, e);
      return false;
    }
  }

  /// The first of a database's moments after a second.
  long moment(DatabaseId database, long after) {
    long seconds = interval.toSeconds();
    // All digits of a UUID are as good as random, but for those that say its version.
    long own = Math.floorMod(database.value().getLeastSignificantBits() * 31, seconds);
    return own + (Math.floorDiv(after - own, seconds) + 1) * seconds;
  }
}
