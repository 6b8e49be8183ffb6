package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The invariants of one migration of one database: asked at its beginning and at its end. Rows are
/// not kept but digested, so that memory does not grow with them. For one thread.
final class Invariants {
  private static final Set<String> KEYWORDS = Set.of("SELECT", "VALUES", "WITH");

  private final List<Invariant> invariants;
  private final List<Answer> before = new ArrayList<>();

  /// What a SELECT answered, of whatever length.
  private record Answer(long rows, String digest) {
    static final Answer NOT_ASKED = new Answer(0, "");
  }

  Invariants(List<Invariant> invariants) {
    this.invariants = invariants;
  }

  /// Why a SELECT is none, for people; null if it may be asked.
  static @Nullable String broken(String sql) {
    List<SqlStatement> statements = StatementSplitter.split(sql);
    if (statements.size() != 1) {
      return "it must be one statement; it has " + statements.size();
    }
    String keyword = StatementSplitter.firstKeyword(sql);
    return KEYWORDS.contains(keyword) ? null : "it must be a SELECT; it begins with " + keyword;
  }

  /// @return why one cannot be asked; null if all can
  @Nullable Failure askBefore(GuardedConnection connection) {
    for (Invariant invariant : invariants) {
      try {
        before.add(
            switch (invariant.expect()) {
              case SAME -> ask(connection, invariant);
              case EMPTY -> Answer.NOT_ASKED;
            });
      } catch (SQLException e) {
        return failed(invariant, "it cannot be asked before the migration: " + SqliteMessage.of(e));
      }
    }
    return null;
  }

  /// @return which does not hold; null if all do
  @Nullable Failure askAfter(GuardedConnection connection) {
    for (int i = 0; i < invariants.size(); i++) {
      Invariant invariant = invariants.get(i);
      try {
        String broken = broken(connection, invariant, before.get(i));
        if (broken != null) {
          return failed(invariant, broken);
        }
      } catch (SQLException e) {
        return failed(invariant, "it cannot be asked after the migration: " + SqliteMessage.of(e));
      }
    }
    return null;
  }

  private static @Nullable String broken(
      GuardedConnection connection, Invariant invariant, Answer before) throws SQLException {
    return switch (invariant.expect()) {
      case EMPTY -> isEmpty(connection, invariant) ? null : "it has rows after the migration";
      case SAME -> {
        Answer after = ask(connection, invariant);
        yield after.equals(before)
            ? null
            : "its %d rows before the migration are not its %d rows after it"
                .formatted(before.rows(), after.rows());
      }
    };
  }

  private static Failure failed(Invariant invariant, String why) {
    return Causes.invariant(
        invariant.name(), "invariant \"%s\" does not hold: %s".formatted(invariant.name(), why));
  }

  private static boolean isEmpty(GuardedConnection connection, Invariant invariant)
      throws SQLException {
    return connection.as(
        Policy.READER,
        jdbc -> {
          try (PreparedStatement statement = jdbc.prepareStatement(invariant.sql());
              ResultSet row = statement.executeQuery()) {
            return !row.next();
          }
        });
  }

  private static Answer ask(GuardedConnection connection, Invariant invariant) throws SQLException {
    return connection.as(
        Policy.READER,
        jdbc -> {
          try (PreparedStatement statement = jdbc.prepareStatement(invariant.sql());
              ResultSet row = statement.executeQuery()) {
            return digest(row);
          }
        });
  }

  private static Answer digest(ResultSet row) throws SQLException {
    MessageDigest digest = Sha256.digest();
    int columns = row.getMetaData().getColumnCount();
    long rows = 0;
    for (; row.next(); rows++) {
      for (int i = 1; i <= columns; i++) {
        add(digest, row.getObject(i));
      }
    }
    return new Answer(rows, HexFormat.of().formatHex(digest.digest()));
  }

  // With type and length, so that no two lists of values give the same bytes.
  private static void add(MessageDigest digest, @Nullable Object value) {
    byte[] bytes = value instanceof byte[] blob ? blob : text(value);
    char type =
        switch (value) {
          case null -> 'n';
          case byte[] _ -> 'b';
          case Double _, Float _ -> 'r';
          case Number _ -> 'i';
          default -> 't';
        };
    digest.update((type + "" + bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }

  private static byte[] text(@Nullable Object value) {
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
  }
}
