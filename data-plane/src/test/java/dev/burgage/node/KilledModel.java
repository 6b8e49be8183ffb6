package dev.burgage.node;

import dev.burgage.protocol.Bookmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What clients of one tenant were told: which entries (two rows each, in one transaction) they
/// inserted and deleted, and at which bookmarks. Thread-safe.
final class KilledModel {
  private static final AtomicLong IDS = new AtomicLong();

  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

  /// What is known of a change.
  enum Known {
    /// Nobody asked for it.
    NO,
    /// It was asked for, and nobody was told.
    MAYBE,
    /// Its bookmark was told.
    TOLD,
    /// Nobody was told, and it was seen since.
    SEEN,
    /// Nobody was told, and it was seen not to be.
    NEVER
  }

  /// One entry.
  static final class Entry {
    final long id;
    volatile Known inserted = Known.MAYBE;
    volatile Known deleted = Known.NO;
    volatile String insertBookmark = "";
    volatile String deleteBookmark = "";

    Entry(long id) {
      this.id = id;
    }

    boolean isLive() {
      return inserted == Known.TOLD && deleted == Known.NO;
    }
  }

  /// An entry that is about to be inserted.
  Entry begin() {
    Entry entry = new Entry(IDS.incrementAndGet());
    entries.put(entry.id, entry);
    return entry;
  }

  /// An entry that is about to be deleted, by nobody else.
  synchronized @Nullable Entry beginDeletion(Random random) {
    List<Entry> live = entries.values().stream().filter(Entry::isLive).toList();
    if (live.size() < 50) {
      return null;
    }
    Entry entry = live.get(random.nextInt(live.size()));
    entry.deleted = Known.MAYBE;
    return entry;
  }

  /// How long the text of each of an entry's rows is.
  static int length(long id) {
    return (int) (id * 7_919 % 4_500);
  }

  /// Bookmarks that somebody was told, in their order.
  List<String> bookmarks() {
    List<String> told = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.inserted == Known.TOLD) {
        told.add(entry.insertBookmark);
      }
      if (entry.deleted == Known.TOLD) {
        told.add(entry.deleteBookmark);
      }
    }
    return told.stream().sorted().distinct().toList();
  }

  /// The highest transaction that somebody was told of.
  long transaction() {
    List<String> told = bookmarks();
    return told.isEmpty() ? 0 : Bookmark.parse(told.getLast()).transaction();
  }

  /// What is wrong with the database as it is now. What was not known is known from now on.
  ///
  /// @param there rows of each entry, and the characters of their texts
  List<String> wrongNow(Map<Long, long[]> there) {
    List<String> wrong = new ArrayList<>();
    for (Entry entry : entries.values()) {
      boolean isThere = isThere(entry.id, there, wrong);
      if (entry.deleted == Known.TOLD || entry.deleted == Known.SEEN) {
        require(!isThere, entry, "deleted and there", wrong);
      } else if (entry.inserted == Known.TOLD || entry.inserted == Known.SEEN) {
        if (entry.deleted == Known.MAYBE) {
          entry.deleted = isThere ? Known.NO : Known.SEEN;
        } else {
          require(isThere, entry, "inserted and lost", wrong);
        }
      } else if (entry.inserted == Known.NEVER) {
        require(!isThere, entry, "it was not there after a start, and is now", wrong);
      } else {
        entry.inserted = isThere ? Known.SEEN : Known.NEVER;
      }
    }
    requireNoOthers(there, wrong);
    return wrong;
  }

  /// What is wrong with a state that is said to be that of a bookmark.
  List<String> wrongAt(String bookmark, Map<Long, long[]> there) {
    List<String> wrong = new ArrayList<>();
    for (Entry entry : entries.values()) {
      boolean isThere = isThere(entry.id, there, wrong);
      boolean isGone = entry.deleted == Known.TOLD && entry.deleteBookmark.compareTo(bookmark) <= 0;
      boolean mayBeGone = entry.deleted == Known.SEEN || entry.deleted == Known.MAYBE;
      switch (entry.inserted) {
        case TOLD -> {
          if (entry.insertBookmark.compareTo(bookmark) > 0) {
            require(!isThere, entry, "inserted after " + bookmark, wrong);
          } else if (isGone) {
            require(!isThere, entry, "deleted by " + bookmark, wrong);
          } else if (!mayBeGone) {
            require(isThere, entry, "there at " + bookmark, wrong);
          }
        }
        case NEVER, NO -> require(!isThere, entry, "was never there", wrong);
        case MAYBE, SEEN -> {
          // its bookmark is not known
        }
      }
    }
    requireNoOthers(there, wrong);
    return wrong;
  }

  private static boolean isThere(long id, Map<Long, long[]> there, List<String> wrong) {
    long[] found = there.get(id);
    if (found != null && (found[0] != 2 || found[1] != 2L * length(id))) {
      wrong.add("entry %d has %d rows of %d characters".formatted(id, found[0], found[1]));
    }
    return found != null;
  }

  private static void require(boolean isSo, Entry entry, String what, List<String> wrong) {
    if (!isSo) {
      wrong.add(
          "entry %d (inserted %s %s, deleted %s %s): %s"
              .formatted(
                  entry.id,
                  entry.inserted,
                  entry.insertBookmark,
                  entry.deleted,
                  entry.deleteBookmark,
                  what));
    }
  }

  private void requireNoOthers(Map<Long, long[]> there, List<String> wrong) {
    for (long id : there.keySet()) {
      if (!entries.containsKey(id)) {
        wrong.add("entry %d was made by nobody".formatted(id));
      }
    }
  }
}
