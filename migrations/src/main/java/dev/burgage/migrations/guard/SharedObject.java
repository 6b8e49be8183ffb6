package dev.burgage.migrations.guard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A loadable extension for SQLite, written byte by byte: an ELF shared object whose one function
/// jumps to an address. It is the door through which SQLite hands over its table of functions; the
/// driver's library exports none of them.
///
/// Layout: headers, symbol tables and code in one read-execute segment at 0; the dynamic section,
/// into which the loader writes, in a read-write segment 64 KiB further, so that no page is both
/// (and pages may have 4 or 64 KiB). Source: the ELF-64 specification and the psABI supplements of
/// x86-64 and AArch64.
final class SharedObject {
  /// The function that is exported, as an extension's entry point is named.
  static final String ENTRY_POINT = "sqlite3_guard_init";

  private static final int PROGRAM_HEADERS = 0x40;
  private static final int SYMBOLS = 0x120;
  private static final int NAMES = 0x150;
  private static final int HASH = 0x180;
  private static final int CODE = 0x1A0;
  private static final int CODE_BYTES = 16;
  private static final int DYNAMIC = 0x1C0;
  private static final int DYNAMIC_BYTES = 96;
  private static final long WRITABLE = 0x10000;

  private static final int LOAD = 1;
  private static final int DYNAMIC_SEGMENT = 2;
  private static final int GNU_STACK = 0x6474e551;
  private static final int READ_EXECUTE = 5;
  private static final int READ_WRITE = 6;

  private final ByteBuffer bytes =
      ByteBuffer.allocate(DYNAMIC + DYNAMIC_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private SharedObject() {}

  /// @param architecture as `os.arch` has it
  /// @param target address of a C function with the signature of an extension's entry point
  /// @throws IllegalArgumentException for an architecture other than x86-64 and AArch64
  static byte[] jumpingTo(String architecture, long target) {
    SharedObject object = new SharedObject();
    switch (architecture) {
      case "amd64", "x86_64" -> {
        object.headers((short) 62);
        object.x86(target);
      }
      case "aarch64", "arm64" -> {
        object.headers((short) 183);
        object.aarch64(target);
      }
      default ->
          throw new IllegalArgumentException(
              "there is a way into SQLite on amd64 and aarch64; this is " + architecture);
    }
    object.tables();
    return object.bytes.array();
  }

  private void headers(short machine) {
    bytes.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).position(16);
    bytes.putShort((short) 3).putShort(machine).putInt(1); // a shared object, version 1
    bytes.putLong(0).putLong(PROGRAM_HEADERS).putLong(0).putInt(0);
    bytes.putShort((short) 64).putShort((short) 56).putShort((short) 4);
    bytes.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    segment(LOAD, READ_EXECUTE, 0, 0, CODE + CODE_BYTES, WRITABLE);
    segment(LOAD, READ_WRITE, DYNAMIC, WRITABLE + DYNAMIC, DYNAMIC_BYTES, WRITABLE);
    segment(DYNAMIC_SEGMENT, READ_WRITE, DYNAMIC, WRITABLE + DYNAMIC, DYNAMIC_BYTES, 8);
    segment(GNU_STACK, READ_WRITE, 0, 0, 0, 16); // else the loader makes stacks executable
  }

  private void segment(int type, int rights, long offset, long address, long size, long align) {
    bytes.putInt(type).putInt(rights).putLong(offset).putLong(address).putLong(address);
    bytes.putLong(size).putLong(size).putLong(align);
  }

  // movabs rax, target; jmp rax
  private void x86(long target) {
    bytes.position(CODE);
    bytes.put((byte) 0x48).put((byte) 0xB8).putLong(target).put((byte) 0xFF).put((byte) 0xE0);
  }

  // ldr x16, .+8; br x16; the target
  private void aarch64(long target) {
    bytes.position(CODE);
    bytes.putInt(0x58000050).putInt(0xD61F0200).putLong(target);
  }

  private void tables() {
    bytes.position(SYMBOLS + 24); // the first symbol is empty
    bytes.putInt(1).put((byte) 0x12).put((byte) 0).putShort((short) 1);
    bytes.putLong(CODE).putLong(CODE_BYTES);
    byte[] name = ("\0" + ENTRY_POINT + "\0").getBytes(StandardCharsets.US_ASCII);
    bytes.position(NAMES);
    bytes.put(name);
    bytes.position(HASH); // one bucket with one symbol
    bytes.putInt(1).putInt(2).putInt(1).putInt(0).putInt(0);
    bytes.position(DYNAMIC);
    entry(4, HASH);
    entry(5, NAMES);
    entry(6, SYMBOLS);
    entry(10, name.length);
    entry(11, 24);
    entry(0, 0);
  }

  private void entry(long tag, long value) {
    bytes.putLong(tag).putLong(value);
  }
}
