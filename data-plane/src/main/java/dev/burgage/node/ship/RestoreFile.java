package dev.burgage.node.ship;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// `burgage node restore`: a database's file from the store alone, for people whose node is gone.
public final class RestoreFile {
  /// The file is there.
  public static final int DONE = 0;

  /// It is not; why was said.
  public static final int FAILED = 1;

  private RestoreFile() {}

  /// Makes the file, or none, and prints what became of it.
  ///
  /// @param guard opens the file, for a look before it gets its name
  /// @param target must not be there
  /// @return the status to end with
  public static int run(
      ObjectStore store,
      Layout layout,
      Guard guard,
      DatabaseId database,
      Moment to,
      Path target,
      PrintStream out) {
    if (Files.exists(target)) {
      out.printf("burgage node restore: %s is there already; name another file%n", target);
      return FAILED;
    }
    try {
      Restore restore = new Restore(store, layout, new StructureProof(guard));
      RestoreOutcome outcome =
          switch (to) {
            case Moment.AtBookmark at ->
                restore.toBookmark(database, at.bookmark(), /* local= */ null, target);
            case Moment.AtTime at -> restore.toTime(database, at.time(), /* local= */ null, target);
          };
      out.println(said(database, to, target, outcome));
      return outcome instanceof RestoreOutcome.Restored ? DONE : FAILED;
    } catch (IOException e) {
      out.println("burgage node restore: " + e.getMessage());
      return FAILED;
    }
  }

  private static String said(DatabaseId database, Moment to, Path target, RestoreOutcome outcome) {
    return switch (outcome) {
      case RestoreOutcome.Restored restored ->
          "%s is database %s as of bookmark %s".formatted(target, database, restored.bookmark());
      case RestoreOutcome.NotKept kept ->
          "burgage node restore: %s is not kept any more; the nearest before it is %s"
              .formatted(to, kept.before() == null ? "not kept either" : kept.before());
      case RestoreOutcome.NotShipped shipped ->
          "burgage node restore: the store does not have %s; the newest that it has is %s"
              .formatted(to, shipped.newest() == null ? "nothing" : shipped.newest());
      case RestoreOutcome.OfAnotherHistory _ ->
          "burgage node restore: %s is of another database, or of commits that were given up"
              .formatted(to);
      case RestoreOutcome.Deleted deleted ->
          "burgage node restore: the database was deleted at %s; name a moment before"
              .formatted(deleted.at());
      case RestoreOutcome.NoSuchDatabase _ ->
          "burgage node restore: the store has no database %s; check BURGAGE_STORE and BURGAGE_CELL"
              .formatted(database);
    };
  }
}
