package dev.burgage.node.ship;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/// SQLite's look at a file that was made of pages: whether its trees and free pages are whole.
///
/// Each page's bytes are proven by hashes already; what may still be wrong is that one is missing
/// or in another's place, and the trees show that. So it is `quick_check`, which reads each page
/// once, and not `integrity_check`, which looks every row up in every index besides: that is for
/// drills. What a check says of rows (a null that was allowed before, a broken full-text index) was
/// so in the database too, and going back to it must work.
///
/// @param guard opens the file
record StructureProof(Guard guard) implements Restore.Proof {
  private static final Logger LOG = LoggerFactory.getLogger(StructureProof.class);
  private static final String DAMAGE = "*** in database"; // how SQLite begins what it says of trees

  @Override
  public void check(Path file) throws IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    // Immutable: nobody else has the file; in WAL mode it is read without a log.
    String url = "jdbc:sqlite:file:%s?mode=ro&immutable=1".formatted(file.toUri().getRawPath());
    try (GuardedConnection guarded = guard.open(config, url)) {
      guarded.permit(Policy.TRUSTED);
      check(guarded.jdbc(), file);
    } catch (SQLException e) {
      if (e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code) {
        // Something in the schema cannot be run, as in the database that this was.
        LOG.info("{} was made, and SQLite cannot check it: {}", file, e.getMessage());
        return;
      }
      throw new IOException("the file %s that was made cannot be read".formatted(file), e);
    }
  }

  private static void check(Connection connection, Path file) throws SQLException, IOException {
    for (String pragma :
        new String[] {"cell_size_check=ON", "trusted_schema=OFF", "query_only=ON"}) {
      try (PreparedStatement statement = connection.prepareStatement("PRAGMA " + pragma)) {
        statement.execute();
      }
    }
    try (PreparedStatement statement = connection.prepareStatement("PRAGMA quick_check");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String found = rows.getString(1);
        if (found.startsWith(DAMAGE)) {
          throw new IOException(
              "the file %s that was made is not whole: %.200s".formatted(file, found));
        }
      }
    }
  }
}
