package dev.burgage.node.transfer;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ExportOrder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes a database as SQL, from one snapshot: tables with their rows, then indexes, triggers and
/// views. In D1's form it can be imported again; in the shell's form, with `writable_schema`, only
/// SQLite's own shell takes it, and it can hold virtual tables. Names that are the platform's are
/// left out. For one thread.
///
/// Sources: `.dump` in SQLite's shell.c (public domain), Cloudflare's documentation of exports.
final class SqlDump {
  private static final int BUFFER = 256 * 1024;
  private static final List<String> PLATFORM = List.of("_cf_", "_burgage_");

  private final Connection connection;
  private final ExportOrder order;
  private final Transfer transfer;
  private final Set<String> shadows = new HashSet<>();
  private OutputStream out = OutputStream.nullOutputStream();
  private long written;

  SqlDump(Connection connection, ExportOrder order, Transfer transfer) {
    this.connection = connection;
    this.order = order;
    this.transfer = transfer;
  }

  /// An entry of the schema.
  private record Entry(String type, String name, String table, String sql) {
    boolean isTable() {
      return type.equals("table");
    }

    boolean isVirtual() {
      return sql.toUpperCase(Locale.ROOT).startsWith("CREATE VIRTUAL TABLE");
    }
  }

  void writeTo(OutputStream target) throws SQLException {
    out = new BufferedOutputStream(target, BUFFER);
    connection.setAutoCommit(false); // one snapshot for all of it
    try {
      List<Entry> schema = schema();
      begin();
      for (Entry entry : schema) {
        if (entry.isTable()) {
          table(entry);
        }
      }
      if (!order.noData()) {
        sequences(schema);
      }
      for (Entry entry : schema) {
        if (!entry.isTable() && !order.noSchema()) {
          line(closed(entry.sql()));
        }
      }
      end();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      connection.rollback();
    }
  }

  private void begin() throws IOException {
    if (order.shell()) {
      line("PRAGMA foreign_keys=OFF;");
      line("BEGIN TRANSACTION;");
    } else {
      line("PRAGMA defer_foreign_keys=TRUE;");
    }
  }

  private void end() throws IOException {
    if (order.shell()) {
      line("PRAGMA writable_schema=OFF;");
      line("COMMIT;");
    }
  }

  private List<Entry> schema() throws SQLException {
    List<Entry> entries = new ArrayList<>();
    try (PreparedStatement list = connection.prepareStatement("PRAGMA main.table_list");
        ResultSet rows = list.executeQuery()) {
      while (rows.next()) {
        if (rows.getString("type").equals("shadow")) {
          shadows.add(rows.getString("name"));
        }
      }
    }
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY"
                    + " rowid");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Entry entry =
            new Entry(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4));
        if (isWanted(entry)) {
          entries.add(entry);
        }
      }
    }
    if (!order.shell()) {
      refuseVirtual(entries);
    }
    return entries;
  }

  private boolean isWanted(Entry entry) {
    String name = entry.name().toLowerCase(Locale.ROOT);
    String table = entry.table().toLowerCase(Locale.ROOT);
    boolean ours =
        PLATFORM.stream().anyMatch(prefix -> name.startsWith(prefix) || table.startsWith(prefix));
    if (ours || name.startsWith("sqlite_")) {
      return false;
    }
    if (!order.shell() && shadows.contains(entry.name())) {
      return false;
    }
    return order.tables().isEmpty() || order.tables().contains(entry.table());
  }

  private static void refuseVirtual(List<Entry> entries) {
    String virtual =
        entries.stream()
            .filter(entry -> entry.isTable() && entry.isVirtual())
            .map(Entry::name)
            .collect(Collectors.joining(", "));
    if (!virtual.isEmpty()) {
      throw new BurgageException(
          ErrorCode.SQL_ERROR,
          "D1 Export error: cannot export databases with Virtual Tables (%s)".formatted(virtual));
    }
  }

  private void table(Entry entry) throws SQLException, IOException {
    if (!order.noSchema()) {
      create(entry);
    }
    if (!order.noData() && !entry.isVirtual()) {
      rows(entry.name(), "INSERT INTO " + name(entry.name()), "");
    }
  }

  // As the shell does: a virtual table is put into the schema and its shadow tables are filled, so
  // that it is whole without being filled through its module.
  private void create(Entry entry) throws IOException {
    if (!entry.isVirtual()) {
      line(closed(entry.sql()));
      return;
    }
    line("PRAGMA writable_schema=ON;");
    line(
        "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table',%s,%s,0,%s);"
            .formatted(
                SqlLiteral.text(entry.name()),
                SqlLiteral.text(entry.name()),
                SqlLiteral.text(entry.sql())));
  }

  private void sequences(List<Entry> schema) throws SQLException, IOException {
    if (!exists("sqlite_sequence")) {
      return;
    }
    for (Entry entry : schema) {
      if (entry.isTable()) {
        String of = " WHERE name=" + SqlLiteral.text(entry.name());
        if (order.shell() || has("sqlite_sequence" + of)) {
          line("DELETE FROM sqlite_sequence" + of + ";");
          rows("sqlite_sequence", "INSERT INTO sqlite_sequence", of);
        }
      }
    }
  }

  private boolean exists(String table) throws SQLException {
    return has("sqlite_schema WHERE name=" + SqlLiteral.text(table));
  }

  private boolean has(String from) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM " + from);
        ResultSet rows = select.executeQuery()) {
      return rows.next();
    }
  }

  private void rows(String table, String insert, String where) throws SQLException, IOException {
    String columns = columns(table);
    String head = "%s (%s) VALUES(".formatted(insert, columns);
    try (PreparedStatement select =
            connection.prepareStatement("SELECT " + columns + " FROM " + name(table) + where);
        ResultSet rows = select.executeQuery()) {
      int count = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var line = new StringBuilder(head);
        for (int i = 1; i <= count; i++) {
          line.append(i == 1 ? "" : ",").append(SqlLiteral.of(rows.getObject(i)));
        }
        line(line.append(");").toString());
      }
    }
  }

  // Generated columns cannot be inserted into.
  private String columns(String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement list =
            connection.prepareStatement("PRAGMA main.table_xinfo(" + name(table) + ")");
        ResultSet rows = list.executeQuery()) {
      while (rows.next()) {
        if (rows.getInt("hidden") == 0) {
          names.add(name(rows.getString("name")));
        }
      }
    }
    return String.join(",", names);
  }

  private static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  // The text may end in a comment.
  private static String closed(String sql) {
    return sql.contains("--") ? sql + "\n;" : sql + ";";
  }

  private void line(String line) throws IOException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    out.write(bytes);
    out.write('\n');
    written += bytes.length + 1L;
    transfer.progress(written);
  }
}
