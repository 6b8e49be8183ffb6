package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.burgage.migrations.guard.SqliteApi.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/// What SQLite calls: when a connection is opened, and for every action of a statement that it
/// prepares. Thread-safe.
///
/// SQLite gives the authorizer one pointer of ours back; it carries the number of the connection's
/// [Permit]. No object is needed per connection but that, and none per statement.
final class Authorizer {
  private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);
  private static final int DENY = 1;
  private static final int ERROR = 1;

  private final Hardening hardening;
  private final LinearFunctions functions;
  private final Inspection inspection;
  private final Progress progress;
  private final MethodHandle setAuthorizer;
  private final MemorySegment authorize;
  private final ConcurrentMap<Long, Permit> permits = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /// What a thread opens: only those connections are ours. A program in which a node is embedded
  /// may have others.
  private static final ThreadLocal<@Nullable Opening> OPENING = new ThreadLocal<>();

  private record Opening(long number, Permit permit) {}

  /// Opens a connection.
  @FunctionalInterface
  interface Opener {
    SQLiteConnection open() throws SQLException;
  }

  private Authorizer(SqliteApi api) {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    this.hardening = new Hardening(api);
    this.functions = new LinearFunctions(api);
    this.inspection = new Inspection(api);
    this.progress = new Progress(api);
    this.setAuthorizer =
        api.function(
            Slot.SET_AUTHORIZER, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    FunctionDescriptor type =
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    this.authorize = SqliteApi.upcall(lookup, this, "authorize", type, Arena.global());
  }

  static Authorizer install(SqliteApi api) throws GuardUnavailableException {
    Authorizer authorizer = new Authorizer(api);
    api.callAtOpen(
        SqliteApi.upcall(
            MethodHandles.lookup(), authorizer, "opened", SqliteApi.entryPoint(), Arena.global()));
    return authorizer;
  }

  GuardedConnection open(Opener opener) throws SQLException {
    Opening ours = new Opening(numbers.incrementAndGet(), new Permit());
    permits.put(ours.number, ours.permit);
    boolean open = false;
    OPENING.set(ours);
    try {
      SQLiteConnection connection = opener.open();
      if (!ours.permit.isInstalled()) {
        connection.close();
        throw new SQLException("the connection was opened without its guard, and closed");
      }
      open = true;
      return new GuardedConnection(
          connection,
          ours.permit,
          new NativeConnection(
              ours.permit.database(), ours.number, inspection, progress, hardening),
          () -> release(ours.number));
    } finally {
      OPENING.remove();
      if (!open) {
        permits.remove(ours.number);
      }
    }
  }

  private void release(long number) {
    permits.remove(number);
    progress.remove(number);
  }

  // By SQLite. Another code than OK makes the opening fail.
  @SuppressWarnings("unused")
  private int opened(MemorySegment database, MemorySegment error, MemorySegment table) {
    try {
      Opening ours = OPENING.get();
      if (ours == null) {
        return SqliteApi.OK;
      }
      int code = hardening.apply(database);
      if (code == SqliteApi.OK) {
        code = functions.replaceIn(database);
      }
      if (code == SqliteApi.OK) {
        MemorySegment number = MemorySegment.ofAddress(ours.number);
        code = (int) setAuthorizer.invokeExact(database, authorize, number);
      }
      if (code == SqliteApi.OK) {
        ours.permit.install(database);
      }
      return code;
    } catch (Throwable e) {
      LOG.error("A connection could not be guarded", e);
      return ERROR;
    }
  }

  // By SQLite.
  @SuppressWarnings("unused")
  private int authorize(
      MemorySegment number,
      int action,
      MemorySegment first,
      MemorySegment second,
      MemorySegment database,
      MemorySegment inner) {
    try {
      Permit permit = permits.get(number.address());
      if (permit == null || permit.policy() == Policy.NOBODY) {
        return DENY;
      }
      if (permit.policy() == Policy.TRUSTED) {
        return SqliteApi.OK;
      }
      boolean allowed =
          allows(
              permit,
              action,
              SqliteApi.string(first),
              SqliteApi.string(second),
              SqliteApi.string(database),
              SqliteApi.string(inner));
      return allowed ? SqliteApi.OK : DENY;
    } catch (Throwable e) {
      return DENY;
    }
  }

  private static boolean allows(
      Permit permit,
      int action,
      @Nullable String first,
      @Nullable String second,
      @Nullable String database,
      @Nullable String inner) {
    boolean allowed = Rules.allow(permit.policy(), action, first, second, database, inner);
    if (!allowed
        && permit.policy() == Policy.TENANT_READING
        && Rules.allow(Policy.TENANT, action, first, second, database, inner)) {
      permit.refuseWrite();
    }
    return allowed;
  }
}
