package dev.burgage.migrations.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig;

class LinearFunctionsTest {
  private static final int CASES = 20_000;
  private static final String[] PIECES = {
    "a", "b", "aa", "é", "ö", "😀", "\u0000", " ", "0", "9", "f", "F", "-", "€", "\ufffd", "ab"
  };
  private static final byte[] STRANGE = {
    0x61,
    (byte) 0x80,
    (byte) 0xbf,
    (byte) 0xc0,
    (byte) 0xc3,
    (byte) 0xa9,
    (byte) 0xe2,
    (byte) 0xed,
    (byte) 0xa0,
    (byte) 0xf0,
    (byte) 0xff,
    0,
    0x30
  };

  private GuardedConnection ours;
  private GuardedConnection sqlites;

  @BeforeEach
  void open() throws SQLException {
    Guard guard = Guard.of("enforced", Path.of(System.getProperty("java.io.tmpdir")));
    ours = guard.open(new SQLiteConfig(), "jdbc:sqlite::memory:");
    ours.permit(Policy.TRUSTED);
    sqlites = Guard.trusted().open(new SQLiteConfig(), "jdbc:sqlite::memory:");
  }

  @AfterEach
  void close() throws SQLException {
    ours.close();
    sqlites.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instr(?1, ?2)",
        "replace(?1, ?2, ?3)",
        "ltrim(?1, ?2)",
        "rtrim(?1, ?2)",
        "trim(?1, ?2)",
        "unhex(?1, ?2)",
        "instr(CAST(?1 AS TEXT), CAST(?2 AS TEXT))",
        "replace(CAST(?1 AS TEXT), CAST(?2 AS TEXT), ?3)",
        "ltrim(CAST(?1 AS TEXT), CAST(?2 AS TEXT))",
        "rtrim(CAST(?1 AS TEXT), CAST(?2 AS TEXT))",
        "unhex(CAST(?1 AS TEXT), CAST(?2 AS TEXT))"
      })
  void resultsAreSqlitesForEveryType(String call) throws SQLException {
    String sql =
        "SELECT typeof(r) || ':' || quote(r) || ':' || hex(r), typeof(?1), typeof(?2) FROM (SELECT "
            + call
            + " AS r, ?3)";
    Random random = new Random(42);
    try (PreparedStatement mine = ours.jdbc().prepareStatement(sql);
        PreparedStatement theirs = sqlites.jdbc().prepareStatement(sql)) {
      for (int i = 0; i < CASES; i++) {
        @Nullable Object[] arguments = {value(random, 12), value(random, 4), value(random, 4)};
        assertThat(result(mine, arguments))
            .as("%s of %s", call, describe(arguments))
            .isEqualTo(result(theirs, arguments));
      }
    }
  }

  @Test
  void longTextsGiveTheSame() throws SQLException {
    String sql =
        """
        WITH x(a) AS (SELECT group_concat(char(97 + (value * value) % 3, 233), '') FROM
          (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 4000)
           SELECT value FROM n))
        SELECT instr(a, substr(a, 3000, 500)) || ' ' || hex(replace(a, substr(a, 100, 60), 'xy'))
          || trim(a, 'abé') || length(ltrim(a, 'é' || substr(a, 1, 1))) FROM x
        """;
    assertThat(one(ours, sql)).isEqualTo(one(sqlites, sql));
  }

  @Test
  void anArgumentKeepsItsType() throws SQLException {
    assertThat(one(ours, "SELECT instr(b, 'a') || typeof(b) FROM (SELECT x'6261' AS b)"))
        .isEqualTo("2blob");
  }

  private static String one(GuardedConnection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.jdbc().prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.getString(1);
    }
  }

  private static String result(PreparedStatement statement, @Nullable Object[] arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    try (ResultSet row = statement.executeQuery()) {
      return row.getString(1) + row.getString(2) + row.getString(3);
    }
  }

  private static @Nullable Object value(Random random, int lengthMax) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> random.nextInt(200) - 100;
      case 2 -> random.nextInt(100) / 4.0;
      case 3, 4 -> text(random, lengthMax).getBytes(StandardCharsets.UTF_8);
      case 5, 6, 7 -> strange(random, lengthMax);
      default -> text(random, lengthMax);
    };
  }

  private static String text(Random random, int lengthMax) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(lengthMax + 1);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  // No UTF-8, for the most part.
  private static byte[] strange(Random random, int lengthMax) {
    byte[] bytes = new byte[random.nextInt(lengthMax + 1)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = STRANGE[random.nextInt(STRANGE.length)];
    }
    return bytes;
  }

  private static String describe(@Nullable Object[] arguments) {
    StringBuilder text = new StringBuilder();
    for (Object argument : arguments) {
      text.append(
          argument instanceof byte[] bytes
              ? HexFormat.of().formatHex(bytes)
              : String.valueOf(argument));
      text.append(" | ");
    }
    return text.toString();
  }
}
