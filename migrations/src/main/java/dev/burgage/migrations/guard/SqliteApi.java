package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// The C functions of the SQLite inside the driver's library, as far as they are needed here. The
/// only class that knows native addresses. Thread-safe.
///
/// The library exports none of them. But SQLite hands a table of all of them, the
/// `sqlite3_api_routines` of sqlite3ext.h, to every extension that it loads; so one is written to a
/// file ([SharedObject]), loaded once, and passes the table on. New functions are only ever added
/// at the table's end ("Backwards compatibility" in sqlite3ext.h), so the slots below hold.
@SuppressWarnings("restricted")
final class SqliteApi {
  static final int OK = 0;
  private static final int OK_LOAD_PERMANENTLY = 256;
  private static final int TABLE_SLOTS = 266;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final FunctionDescriptor ENTRY_POINT =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  private static final Linker.Option[] SHORT = {Linker.Option.critical(false)};

  private final MemorySegment table;

  /// Where in the table a function stands: sqlite3ext.h, counted from 0.
  enum Slot {
    FREE(58),
    VERSION_NUMBER(67),
    PROGRESS_HANDLER(75),
    RESULT_ERROR(80),
    RESULT_INT(82),
    SET_AUTHORIZER(91),
    VALUE_BLOB(102),
    VALUE_BYTES(103),
    VALUE_TEXT(109),
    VALUE_TYPE(113),
    RESULT_ERROR_TOO_BIG(138),
    CONTEXT_DATABASE(149),
    LIMIT(151),
    NEXT_STATEMENT(152),
    CREATE_FUNCTION(162),
    DATABASE_CONFIGURATION(163),
    DATABASE_STATUS(165),
    STATEMENT_STATUS(170),
    AUTO_EXTENSION(192),
    ALLOCATE(197),
    RESULT_BLOB(201),
    RESULT_TEXT(202),
    DROP_MODULES(243),
    ERROR_OFFSET(256);

    private final int number;

    Slot(int number) {
      this.number = number;
    }
  }

  /// Takes the table when SQLite loads the extension.
  private static final class Door {
    private @Nullable MemorySegment table;

    @SuppressWarnings("unused") // by SQLite
    int enter(MemorySegment database, MemorySegment error, MemorySegment table) {
      this.table = table;
      return OK_LOAD_PERMANENTLY;
    }
  }

  private SqliteApi(MemorySegment table) {
    this.table = table.reinterpret(TABLE_SLOTS * ADDRESS.byteSize());
  }

  /// @param folder takes a small file for a moment; not on a file system mounted `noexec`
  static SqliteApi load(Path folder) throws GuardUnavailableException {
    Door door = new Door();
    MemorySegment stub = upcall(MethodHandles.lookup(), door, "enter", ENTRY_POINT, Arena.global());
    try {
      byte[] extension = SharedObject.jumpingTo(System.getProperty("os.arch", ""), stub.address());
      Path file = Files.createTempFile(folder, "sqlite-", ".so"); // mode 0600
      try {
        Files.write(file, extension);
        String version = loadExtension(file);
        MemorySegment table = door.table;
        if (table == null) {
          throw new GuardUnavailableException("SQLite did not hand over its functions");
        }
        SqliteApi api = new SqliteApi(table);
        api.checkVersion(version);
        return api;
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException | SQLException | IllegalArgumentException | LinkageError e) {
      throw new GuardUnavailableException("SQLite's functions cannot be reached", e);
    }
  }

  private static String loadExtension(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.enableLoadExtension(true);
    try (Connection connection = config.createConnection("jdbc:sqlite::memory:");
        PreparedStatement statement =
            connection.prepareStatement("SELECT load_extension(?, ?), sqlite_version()")) {
      statement.setString(1, file.toString());
      statement.setString(2, SharedObject.ENTRY_POINT);
      try (ResultSet row = statement.executeQuery()) {
        return row.getString(2);
      }
    }
  }

  // A table of another layout would answer something else, or crash here rather than later.
  private void checkVersion(String version) throws GuardUnavailableException {
    MethodHandle function = function(Slot.VERSION_NUMBER, FunctionDescriptor.of(JAVA_INT));
    int number;
    try {
      number = (int) function.invokeExact();
    } catch (Throwable e) {
      throw new GuardUnavailableException("SQLite does not tell its version", e);
    }
    String told = number / 1_000_000 + "." + number / 1_000 % 1_000 + "." + number % 1_000;
    if (!told.equals(version)) {
      throw new GuardUnavailableException(
          "SQLite's table of functions is not as expected: it tells version %s, SQL tells %s"
              .formatted(told, version));
    }
  }

  /// A function of the table.
  MethodHandle function(Slot slot, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(address(slot), type, options);
  }

  /// A function of the table that returns soon and never calls back: the call costs some
  /// nanoseconds.
  MethodHandle shortFunction(Slot slot, FunctionDescriptor type) {
    return function(slot, type, SHORT);
  }

  MemorySegment address(Slot slot) {
    return table.getAtIndex(ADDRESS, slot.number);
  }

  /// A C function that calls a method, which never throws: that would end the process.
  static MemorySegment upcall(
      MethodHandles.Lookup lookup,
      Object target,
      String method,
      FunctionDescriptor type,
      Arena arena) {
    try {
      MethodType java = type.toMethodType();
      MethodHandle handle = lookup.findVirtual(target.getClass(), method, java).bindTo(target);
      return LINKER.upcallStub(handle, type, arena);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(method + " is missing", e);
    }
  }

  /// Has SQLite call a function at the end of every opening of a connection in this process.
  void callAtOpen(MemorySegment entryPoint) throws GuardUnavailableException {
    MethodHandle function = function(Slot.AUTO_EXTENSION, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    int code;
    try {
      code = (int) function.invokeExact(entryPoint);
    } catch (Throwable e) {
      throw new GuardUnavailableException("SQLite does not call at open", e);
    }
    if (code != OK) {
      throw new GuardUnavailableException("SQLite does not call at open: code " + code);
    }
  }

  /// The type of a function that SQLite calls at open.
  static FunctionDescriptor entryPoint() {
    return ENTRY_POINT;
  }

  /// A string of C's, or null.
  static @Nullable String string(MemorySegment pointer) {
    return pointer.address() == 0 ? null : pointer.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /// Memory that SQLite frees.
  MethodHandle allocate() {
    return function(Slot.ALLOCATE, FunctionDescriptor.of(ADDRESS, JAVA_LONG));
  }
}
