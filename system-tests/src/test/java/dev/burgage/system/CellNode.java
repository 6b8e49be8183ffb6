package dev.burgage.system;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A node of a cell, seen through its folder.
///
/// @param name by which the control plane knows it
record CellNode(String name, Path folder) {
  private record NodeFile(long pid, URI url) {}

  /// Waits until a process has announced itself here that is not one of those.
  CellProcess awaitOtherThan(CellProcess... old) {
    Set<Long> not = new TreeSet<>();
    for (CellProcess process : old) {
      not.add(process.pid());
    }
    Await.until("a new process of " + name, () -> !not.contains(process().pid()));
    return process();
  }

  /// The process that announced itself last.
  ///
  /// @throws IllegalStateException if it is gone
  CellProcess process() {
    return find().orElseThrow(() -> new IllegalStateException(name + " is gone"));
  }

  Optional<CellProcess> find() {
    if (!Files.exists(folder.resolve("node.json"))) {
      return Optional.empty();
    }
    return CellProcess.find(name, read().pid(), folder).map(Launcher::known);
  }

  URI url() {
    return read().url();
  }

  private NodeFile read() {
    try {
      return Json.read(Files.readAllBytes(folder.resolve("node.json")), NodeFile.class);
    } catch (IOException e) {
      throw new IllegalStateException(name + " has not announced itself: " + e, e);
    }
  }

  /// The names of its database files, without those of SQLite's log.
  Set<String> databaseFiles() {
    try (Stream<Path> files = Files.walk(folder.resolve("databases"))) {
      Set<String> names = new TreeSet<>();
      files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".db")).forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new IllegalStateException("cannot list the files of " + name, e);
    }
  }

  Path databaseFile(String name) {
    return folder.resolve("databases").resolve(name.substring(0, 2)).resolve(name);
  }
}
