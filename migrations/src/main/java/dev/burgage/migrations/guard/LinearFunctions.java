package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.burgage.migrations.guard.SqliteApi.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replacements for those of SQLite's functions whose time grows with the product of their
/// arguments' lengths and that no interrupt stops: two texts of 2 MB keep a core busy for hours.
/// Results are SQLite's (func.c: `instrFunc`, `replaceFunc`, `trimFunc`, `unhexFunc`), for every
/// type and also for text that is not UTF-8. Thread-safe.
@SuppressWarnings("restricted")
final class LinearFunctions {
  private static final Logger LOG = LoggerFactory.getLogger(LinearFunctions.class);
  private static final int UTF8_DETERMINISTIC_INNOCUOUS = 1 | 0x800 | 0x200000;
  private static final int BLOB = 4;
  private static final int NULL = 5;
  private static final int LIMIT_LENGTH = 0;
  private static final int UTF8 = 1;
  private static final int ASK = -1;
  private static final MemorySegment TRANSIENT = MemorySegment.ofAddress(-1);

  private final MethodHandle createFunction;
  private final List<Function> functions;
  private final MethodHandle valueType;
  private final MethodHandle valueBytes;
  private final MethodHandle valueText;
  private final MethodHandle valueBlob;
  private final MethodHandle resultInt;
  private final MethodHandle resultText;
  private final MethodHandle resultBlob;
  private final MethodHandle resultError;
  private final MethodHandle resultTooBig;
  private final MethodHandle contextDatabase;
  private final MethodHandle limit;
  private final MethodHandle allocate;
  private final MemorySegment free;
  private final MethodHandle release;

  private record Function(MemorySegment name, int arguments, MemorySegment code) {}

  LinearFunctions(SqliteApi api) {
    FunctionDescriptor pointerOfPointer = FunctionDescriptor.of(ADDRESS, ADDRESS);
    FunctionDescriptor intOfPointer = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    FunctionDescriptor result =
        FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_BYTE);
    this.createFunction =
        api.function(
            Slot.CREATE_FUNCTION,
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS));
    this.valueType = api.shortFunction(Slot.VALUE_TYPE, intOfPointer);
    this.valueBytes = api.shortFunction(Slot.VALUE_BYTES, intOfPointer);
    this.valueText = api.shortFunction(Slot.VALUE_TEXT, pointerOfPointer);
    this.valueBlob = api.shortFunction(Slot.VALUE_BLOB, pointerOfPointer);
    this.resultInt =
        api.shortFunction(Slot.RESULT_INT, FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    this.resultText = api.function(Slot.RESULT_TEXT, result);
    this.resultBlob =
        api.function(
            Slot.RESULT_BLOB, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    this.resultError =
        api.function(Slot.RESULT_ERROR, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT));
    this.resultTooBig = api.function(Slot.RESULT_ERROR_TOO_BIG, FunctionDescriptor.ofVoid(ADDRESS));
    this.contextDatabase = api.shortFunction(Slot.CONTEXT_DATABASE, pointerOfPointer);
    this.limit =
        api.shortFunction(Slot.LIMIT, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    this.allocate = api.allocate();
    this.free = api.address(Slot.FREE);
    this.release = api.function(Slot.FREE, FunctionDescriptor.ofVoid(ADDRESS));
    this.functions =
        List.of(
            function("instr", 2, this::instr),
            function("replace", 3, this::replace),
            function("ltrim", 2, (c, a) -> trim(c, a, /* left= */ true, /* right= */ false)),
            function("rtrim", 2, (c, a) -> trim(c, a, /* left= */ false, /* right= */ true)),
            function("trim", 2, (c, a) -> trim(c, a, /* left= */ true, /* right= */ true)),
            function("unhex", 2, this::unhex));
  }

  /// A function's work: reads its arguments, gives its result to the context; none is NULL.
  @FunctionalInterface
  private interface Body {
    void run(MemorySegment context, MemorySegment arguments) throws Throwable;
  }

  /// Keeps what goes wrong away from C.
  private final class Called {
    private final Body body;

    Called(Body body) {
      this.body = body;
    }

    @SuppressWarnings("unused") // by SQLite
    void call(MemorySegment context, int count, MemorySegment arguments) {
      try {
        body.run(context, arguments.reinterpret(count * ADDRESS.byteSize()));
      } catch (Throwable e) {
        LOG.error("A function failed", e);
        fail(context, "the function failed");
      }
    }
  }

  private Function function(String name, int arguments, Body body) {
    FunctionDescriptor type = FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS);
    MemorySegment code =
        SqliteApi.upcall(MethodHandles.lookup(), new Called(body), "call", type, Arena.global());
    return new Function(Arena.global().allocateFrom(name), arguments, code);
  }

  /// Puts the functions in the place of SQLite's on one connection.
  ///
  /// @return SQLite's code
  int replaceIn(MemorySegment database) throws Throwable {
    MemorySegment none = MemorySegment.NULL;
    for (Function function : functions) {
      int code =
          (int)
              createFunction.invokeExact(
                  database,
                  function.name,
                  function.arguments,
                  UTF8_DETERMINISTIC_INNOCUOUS,
                  none,
                  function.code,
                  none,
                  none,
                  none);
      if (code != SqliteApi.OK) {
        return code;
      }
    }
    return SqliteApi.OK;
  }

  private void instr(MemorySegment context, MemorySegment arguments) throws Throwable {
    MemorySegment first = arguments.getAtIndex(ADDRESS, 0);
    MemorySegment second = arguments.getAtIndex(ADDRESS, 1);
    int firstType = (int) valueType.invokeExact(first);
    int secondType = (int) valueType.invokeExact(second);
    if (firstType == NULL || secondType == NULL) {
      return;
    }
    boolean text = firstType != BLOB || secondType != BLOB;
    // The text of a blob is its bytes; asked for as text, the caller's value would change its type.
    MemorySegment in = firstType == BLOB ? blob(first) : text(first);
    MemorySegment wanted = secondType == BLOB ? blob(second) : text(second);
    int position;
    if (wanted.byteSize() == 0) {
      position = 1;
    } else {
      long found = ByteSearch.indexOf(in, wanted, 0, text);
      long before = text ? ByteSearch.characters(in, found) : found;
      position = found < 0 ? 0 : (int) before + 1;
    }
    resultInt.invokeExact(context, position);
  }

  private void replace(MemorySegment context, MemorySegment arguments) throws Throwable {
    MemorySegment in = text(arguments.getAtIndex(ADDRESS, 0));
    MemorySegment pattern = text(arguments.getAtIndex(ADDRESS, 1));
    MemorySegment by = text(arguments.getAtIndex(ADDRESS, 2));
    if (isNull(in) || isNull(pattern)) {
      return;
    }
    if (pattern.byteSize() == 0 || pattern.get(JAVA_BYTE, 0) == 0) {
      resultText.invokeExact(context, in, in.byteSize(), TRANSIENT, (byte) UTF8);
      return;
    }
    if (isNull(by)) {
      return;
    }
    long matches = ByteSearch.count(in, pattern);
    long size = in.byteSize() + matches * (by.byteSize() - pattern.byteSize());
    MemorySegment database = (MemorySegment) contextDatabase.invokeExact(context);
    if (size > (int) limit.invokeExact(database, LIMIT_LENGTH, ASK)) {
      resultTooBig.invokeExact(context);
      return;
    }
    MemorySegment out = allocated(size);
    ByteSearch.replace(in, pattern, by, out);
    resultText.invokeExact(context, out, size, free, (byte) UTF8);
  }

  private void trim(MemorySegment context, MemorySegment arguments, boolean left, boolean right)
      throws Throwable {
    MemorySegment in = text(arguments.getAtIndex(ADDRESS, 0));
    MemorySegment set = text(arguments.getAtIndex(ADDRESS, 1));
    if (isNull(in) || isNull(set)) {
      return;
    }
    TrimSet characters = TrimSet.of(set);
    if (characters.worksFor(in)) {
      long start = left ? characters.afterLeading(in) : 0;
      long end = right ? characters.beforeTrailing(in, start) : in.byteSize();
      resultText.invokeExact(context, in.asSlice(start), end - start, TRANSIENT, (byte) UTF8);
    } else {
      fail(context, "too much to trim: the characters are not UTF-8");
    }
  }

  private void unhex(MemorySegment context, MemorySegment arguments) throws Throwable {
    MemorySegment in = text(arguments.getAtIndex(ADDRESS, 0));
    MemorySegment passed = text(arguments.getAtIndex(ADDRESS, 1));
    if (isNull(in) || isNull(passed)) {
      return;
    }
    MemorySegment out = allocated(in.byteSize() / 2 + 1);
    long size = new Unhex(in, passed).into(out);
    if (size >= 0) {
      resultBlob.invokeExact(context, out, size, free);
    } else {
      release(out);
    }
  }

  private void release(MemorySegment memory) throws Throwable {
    release.invokeExact(memory);
  }

  private MemorySegment allocated(long size) throws Throwable {
    MemorySegment memory = (MemorySegment) allocate.invokeExact(size + 1);
    if (memory.address() == 0) {
      throw new IllegalStateException("SQLite has no memory for %d bytes".formatted(size));
    }
    return memory.reinterpret(size + 1);
  }

  // The text of a value without the NUL behind it, or a segment at address 0 if there is none.
  private MemorySegment text(MemorySegment value) throws Throwable {
    MemorySegment text = (MemorySegment) valueText.invokeExact(value);
    return text.reinterpret((int) valueBytes.invokeExact(value));
  }

  private MemorySegment blob(MemorySegment value) throws Throwable {
    MemorySegment bytes = (MemorySegment) valueBlob.invokeExact(value);
    return bytes.reinterpret((int) valueBytes.invokeExact(value));
  }

  private static boolean isNull(MemorySegment segment) {
    return segment.address() == 0;
  }

  private void fail(MemorySegment context, String message) {
    try (Arena arena = Arena.ofConfined()) {
      resultError.invokeExact(context, arena.allocateFrom(message), -1);
    } catch (Throwable e) {
      LOG.error("An error could not be told to SQLite", e);
    }
  }
}
