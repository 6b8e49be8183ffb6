package dev.burgage.system;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A process of a cell. The handle knows when the process started, so a process id that somebody
/// else got meanwhile is never signalled.
///
/// @param role for messages
record CellProcess(String role, ProcessHandle handle) {
  private enum Signal {
    KILL,
    STOP,
    CONT,
    INT,
    TERM
  }

  /// The process with an id that a file in a folder names, if it belongs to that folder: a file may
  /// outlive its process, and the id be somebody else's by now.
  static Optional<CellProcess> find(String role, long pid, Path folder) {
    return ProcessHandle.of(pid)
        .map(handle -> new CellProcess(role, handle))
        .filter(process -> process.isAlive() && process.knows(folder));
  }

  // The folder is in its command line or in its environment.
  private boolean knows(Path folder) {
    Path of = Path.of("/proc", Long.toString(pid()));
    if (!Files.exists(Path.of("/proc/self"))) {
      return true; // no Linux; nothing to look at
    }
    try {
      Charset bytes = StandardCharsets.ISO_8859_1;
      String text =
          Files.readString(of.resolve("cmdline"), bytes)
              + Files.readString(of.resolve("environ"), bytes);
      return text.contains(folder.toString());
    } catch (IOException e) {
      return false; // just gone
    }
  }

  long pid() {
    return handle.pid();
  }

  /// A zombie, whose parent does not collect it, is dead too.
  boolean isAlive() {
    return handle.isAlive() && !isZombie();
  }

  private boolean isZombie() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return false; // just gone, or no Linux
    }
  }

  /// `kill -9`; returns when it is dead.
  void kill() {
    send(Signal.KILL);
    awaitEnd();
  }

  void freeze() {
    send(Signal.STOP);
  }

  void thaw() {
    send(Signal.CONT);
  }

  /// What Ctrl-C does.
  void interrupt() {
    send(Signal.INT);
  }

  /// What an init system does.
  void terminate() {
    send(Signal.TERM);
  }

  void awaitEnd() {
    Await.until("%s (process %d) ends".formatted(role, pid()), () -> !isAlive());
  }

  private void send(Signal signal) {
    if (!isAlive()) {
      return;
    }
    try {
      // The shell's own: a system need not have a program of that name.
      new ProcessBuilder(List.of("sh", "-c", "kill -%s %d".formatted(signal, pid())))
          .redirectErrorStream(true)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new IllegalStateException("cannot signal " + this, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling " + this, e);
    }
  }
}
