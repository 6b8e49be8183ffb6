package dev.burgage.node.dump;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.ExportOrder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// Writes a database as SQL, from one snapshot: tables and what is unique in them, rows, indexes
/// and views, triggers; so no row is written before what it refers to is known, and no trigger runs
/// for it. For one thread.
///
/// Sources: `.dump` in SQLite's shell.c (public domain), Cloudflare's documentation of exports.
public final class SqlDump {
  private static final int BUFFER = 256 * 1024;
  private static final ExportOrder ALL = new ExportOrder(false, false, List.of(), false);

  /// Names that are D1's and ours, in databases that we keep.
  private static final List<String> PLATFORM = List.of("_cf_", "_burgage_");

  /// The tables in which D1, workerd and Burgage keep books about a database, in lower case.
  private static final Set<String> BOOKS = Set.of("_cf_kv", "_cf_metadata", "_cf_schema_history");

  private final Connection connection;
  private final Form form;
  private final ExportOrder order;
  private final LongConsumer progress;
  private OutputStream out = OutputStream.nullOutputStream();
  private long written;

  private enum Form {
    /// As D1 exports: can be imported again, holds no virtual tables.
    D1,
    /// For SQLite's own shell only, with `writable_schema`.
    SHELL,
    /// For an import: virtual tables are filled through their modules.
    WHOLE,
    /// The same of a database of ours.
    OWN;

    boolean hasVirtualTables() {
      return this == WHOLE || this == OWN;
    }
  }

  private SqlDump(Connection connection, Form form, ExportOrder order, LongConsumer progress) {
    this.connection = connection;
    this.form = form;
    this.order = order;
    this.progress = progress;
  }

  /// A dump that leaves out names that are the platform's.
  ///
  /// @param progress is told how many bytes are written
  public static SqlDump of(Connection connection, ExportOrder order, LongConsumer progress) {
    return new SqlDump(connection, order.shell() ? Form.SHELL : Form.D1, order, progress);
  }

  /// All of a database that somebody else made, for an import: virtual tables too, and names that
  /// are the platform's, which an import refuses; only the books that the platform itself keeps are
  /// left out.
  public static SqlDump whole(Connection connection) {
    return new SqlDump(connection, Form.WHOLE, ALL, written -> {});
  }

  /// All of a database of ours, for an import: virtual tables too, and no names that are the
  /// platform's.
  public static SqlDump own(Connection connection) {
    return new SqlDump(connection, Form.OWN, ALL, written -> {});
  }

  /// Only what [#whole] says of the schema.
  public static SqlDump schemaOf(Connection connection) {
    ExportOrder order = new ExportOrder(false, true, List.of(), false);
    return new SqlDump(connection, Form.WHOLE, order, written -> {});
  }

  /// @throws BurgageException if there is something that this form can't hold
  public void writeTo(OutputStream target) throws SQLException, IOException {
    out = new BufferedOutputStream(target, BUFFER);
    connection.setAutoCommit(false); // one snapshot for all of it
    try {
      write(schema());
    } finally {
      out.flush(); // what came before a failure tells where it was
      connection.rollback();
    }
  }

  private void write(Schema schema) throws SQLException, IOException {
    begin();
    if (!order.noSchema()) {
      for (SchemaEntry table : schema.tables()) {
        create(table);
      }
      lines(schema.uniqueIndexes());
    }
    if (!order.noData()) {
      for (SchemaEntry table : schema.tables()) {
        fill(table);
      }
      sequences(schema);
    }
    if (!order.noSchema()) {
      lines(schema.others());
    }
    if (!order.noData() && form.hasVirtualTables()) {
      for (SchemaEntry table : schema.tables()) {
        rebuild(table);
      }
    }
    if (!order.noSchema()) {
      lines(schema.triggers());
    }
    end();
  }

  private void begin() throws IOException {
    if (form == Form.SHELL) {
      line("PRAGMA foreign_keys=OFF;");
      line("BEGIN TRANSACTION;");
    } else {
      line("PRAGMA defer_foreign_keys=TRUE;");
    }
  }

  private void end() throws IOException {
    if (form == Form.SHELL) {
      line("PRAGMA writable_schema=OFF;");
      line("COMMIT;");
    }
  }

  private Schema schema() throws SQLException {
    Set<String> shadows = form == Form.SHELL ? Set.of() : Schema.shadows(connection);
    Schema schema =
        Schema.read(connection, entry -> isWanted(entry) && !shadows.contains(entry.name()));
    if (form == Form.D1) {
      refuseVirtual(schema);
    }
    return schema;
  }

  private boolean isWanted(SchemaEntry entry) {
    if (form == Form.WHOLE) {
      return !BOOKS.contains(entry.table().toLowerCase(Locale.ROOT));
    }
    return PLATFORM.stream().noneMatch(entry::isNamed)
        && (order.tables().isEmpty() || order.tables().contains(entry.table()));
  }

  private static void refuseVirtual(Schema schema) {
    String virtual =
        schema.tables().stream()
            .filter(table -> table.virtual() != null)
            .map(SchemaEntry::name)
            .collect(Collectors.joining(", "));
    if (!virtual.isEmpty()) {
      throw new BurgageException(
          ErrorCode.SQL_ERROR,
          "D1 Export error: cannot export databases with Virtual Tables (%s)".formatted(virtual));
    }
  }

  // As the shell does: a virtual table is put into the schema and its shadow tables are filled, so
  // that it is whole without being filled through its module.
  private void create(SchemaEntry entry) throws IOException {
    if (entry.virtual() == null || form != Form.SHELL) {
      line(SqlTokens.closed(entry.sql()) + ";");
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

  private void fill(SchemaEntry entry) throws SQLException, IOException {
    VirtualTable virtual = entry.virtual();
    if (virtual == null) {
      rows(entry.name(), columns(entry.name()), "");
    } else if (form.hasVirtualTables()) {
      fill(entry.name(), virtual);
    }
  }

  private void fill(String table, VirtualTable virtual) throws SQLException, IOException {
    if (virtual.forgetsRows()) {
      throw new BurgageException(
          ErrorCode.SQL_ERROR,
          "The FTS5 table \"%s\" is contentless: its texts are nowhere, so it cannot be rebuilt; drop it and make it anew afterwards."
              .formatted(table));
    }
    if (virtual.isFullText()) {
      settings(table);
    }
    if (virtual.keepsRows()) {
      List<String> columns = columns(table);
      if (virtual.isFullText()) {
        columns.addFirst(name("rowid"));
      }
      rows(table, columns, "");
    }
  }

  // FTS5 keeps its settings in a table of its own and takes them as values of its hidden columns.
  private void settings(String table) throws SQLException, IOException {
    String sql = "SELECT k, v FROM %s WHERE k <> 'version'".formatted(name(table + "_config"));
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        line(
            "INSERT INTO %s(%s, rank) VALUES(%s, %s);"
                .formatted(
                    name(table), name(table), SqlLiteral.of(rows, 1), SqlLiteral.of(rows, 2)));
      }
    }
  }

  private void rebuild(SchemaEntry entry) throws IOException {
    VirtualTable virtual = entry.virtual();
    if (virtual != null && virtual.isIndexOfAnother()) {
      String table = name(entry.name());
      line("INSERT INTO %s(%s) VALUES('rebuild');".formatted(table, table));
    }
  }

  private void sequences(Schema schema) throws SQLException, IOException {
    if (!has("sqlite_schema WHERE name='sqlite_sequence'")) {
      return;
    }
    for (SchemaEntry table : schema.tables()) {
      String of = " WHERE name=" + SqlLiteral.text(table.name());
      if (form == Form.SHELL || has("sqlite_sequence" + of)) {
        line("DELETE FROM sqlite_sequence" + of + ";");
        rows("sqlite_sequence", columns("sqlite_sequence"), of);
      }
    }
  }

  private boolean has(String from) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM " + from);
        ResultSet rows = select.executeQuery()) {
      return rows.next();
    }
  }

  private void rows(String table, List<String> columns, String where)
      throws SQLException, IOException {
    String names = String.join(",", columns);
    String head = "INSERT INTO %s (%s) VALUES(".formatted(name(table), names);
    String sql = "SELECT %s FROM %s%s".formatted(names, name(table), where);
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        var line = new StringBuilder(head);
        for (int i = 1; i <= columns.size(); i++) {
          line.append(i == 1 ? "" : ",").append(SqlLiteral.of(rows, i));
        }
        line(line.append(");").toString());
      }
    }
  }

  // Generated columns cannot be inserted into.
  private List<String> columns(String table) throws SQLException {
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
    return names;
  }

  private static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private void lines(List<SchemaEntry> entries) throws IOException {
    for (SchemaEntry entry : entries) {
      line(SqlTokens.closed(entry.sql()) + ";");
    }
  }

  private void line(String line) throws IOException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    out.write(bytes);
    out.write('\n');
    written += bytes.length + 1L;
    progress.accept(written);
  }
}
