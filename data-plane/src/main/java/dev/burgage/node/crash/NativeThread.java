package dev.burgage.node.crash;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The operating system's number of the running thread, as the JVM's crash log names it (`id=…`).
/// Of a virtual thread it is its carrier's, which stays the same while native code runs. Stateless.
final class NativeThread {
  static final long UNKNOWN = 0;

  private static final @Nullable MethodHandle GETTID = find();

  private NativeThread() {}

  @SuppressWarnings("restricted")
  private static @Nullable MethodHandle find() {
    Linker linker = Linker.nativeLinker();
    Optional<MethodHandle> found =
        linker
            .defaultLookup()
            .find("gettid") // glibc 2.30 and newer, musl
            .map(address ->
                linker.downcallHandle(
                    address,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT),
                    Linker.Option.critical(/* allowHeapAccess= */ false)));
    return found.orElse(null);
  }

  static long id() {
    MethodHandle gettid = GETTID;
    if (gettid == null) {
      return UNKNOWN;
    }
    try {
      return (int) gettid.invokeExact();
    } catch (Throwable e) { // a handle declares all, and this function throws nothing
      return UNKNOWN;
    }
  }
}
