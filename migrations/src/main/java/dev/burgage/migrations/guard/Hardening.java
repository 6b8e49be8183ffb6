package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.burgage.migrations.guard.SqliteApi.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What is set on a connection: when it is opened, and then stays, SQLite's own defences and the
/// modules of virtual tables that there are; later, what a statement cannot. Thread-safe.
///
/// Numbers: sqlite3.h, "Database Connection Configuration Options".
final class Hardening {
  private static final int ENABLE_FOREIGN_KEYS = 1002;
  private static final int ENABLE_FTS3_TOKENIZER = 1004;
  private static final int ENABLE_LOAD_EXTENSION = 1005;
  private static final int NO_CHECKPOINT_ON_CLOSE = 1006;
  private static final int DEFENSIVE = 1010;
  private static final int TRUSTED_SCHEMA = 1017;

  private final MethodHandle configure;
  private final MethodHandle dropModules;
  private final MemorySegment modules;

  Hardening(SqliteApi api) {
    this.configure =
        api.function(
            Slot.DATABASE_CONFIGURATION,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS),
            Linker.Option.firstVariadicArg(2));
    this.dropModules =
        api.function(Slot.DROP_MODULES, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    this.modules = strings("fts5", "fts5vocab", "rtree", "rtree_i32");
  }

  // An array of C strings, ended by NULL.
  private static MemorySegment strings(String... texts) {
    MemorySegment array = Arena.global().allocate(ADDRESS, texts.length + 1L);
    for (int i = 0; i < texts.length; i++) {
      array.setAtIndex(ADDRESS, i, Arena.global().allocateFrom(texts[i]));
    }
    return array;
  }

  /// @return SQLite's code
  int apply(MemorySegment database) throws Throwable {
    int[][] settings = {
      {DEFENSIVE, 1}, {TRUSTED_SCHEMA, 0}, {ENABLE_FTS3_TOKENIZER, 0}, {ENABLE_LOAD_EXTENSION, 0}
    };
    for (int[] setting : settings) {
      int code = (int) configure.invokeExact(database, setting[0], setting[1], MemorySegment.NULL);
      if (code != SqliteApi.OK) {
        return code;
      }
    }
    return (int) dropModules.invokeExact(database, modules);
  }

  /// Has the last connection that closes leave the write-ahead log as it is.
  void keepLogOnClose(MemorySegment database) {
    set(database, NO_CHECKPOINT_ON_CLOSE, /* on= */ true);
  }

  /// Unlike `PRAGMA foreign_keys`, in a transaction, too: sqlite3_db_config() in main.c sets the
  /// flag and has statements prepared anew.
  void enforceForeignKeys(MemorySegment database, boolean on) {
    set(database, ENABLE_FOREIGN_KEYS, on);
  }

  private void set(MemorySegment database, int option, boolean on) {
    try {
      int code = (int) configure.invokeExact(database, option, on ? 1 : 0, MemorySegment.NULL);
      if (code != SqliteApi.OK) {
        throw new IllegalStateException(
            "SQLite does not take option %d: code %d".formatted(option, code));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("SQLite could not be told option " + option, e);
    }
  }
}
