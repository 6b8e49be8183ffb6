package dev.burgage.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Processes and all that they started, read from `/proc` anew at each question.
public final class ProcessTree {
  private static final Path PROC = Path.of("/proc");
  private static final double MICROS_PER_TICK = 10_000;

  private final List<Long> roots;

  public ProcessTree(Collection<Long> roots) {
    this.roots = List.copyOf(roots);
  }

  /// CPU time of the living processes of the tree, user and system, in microseconds; its grain is
  /// 10 ms a process.
  public double cpuMicros() {
    Map<Long, ProcStat> all = readAll();
    return withDescendants(all, roots).stream().map(all::get).mapToLong(ProcStat::ticks).sum()
        * MICROS_PER_TICK;
  }

  /// CPU time of the roots alone, without what they started.
  double rootCpuMicros() {
    return roots.stream()
            .flatMap(pid -> read(pid, "stat").stream())
            .mapToLong(line -> ProcStat.parse(line).ticks())
            .sum()
        * MICROS_PER_TICK;
  }

  public Set<Long> pids() {
    return withDescendants(readAll(), roots);
  }

  public Memory memory() {
    Memory sum = Memory.NONE;
    for (long pid : pids()) {
      sum = sum.plus(read(pid, "smaps_rollup").map(Memory::parse).orElse(Memory.NONE));
    }
    return sum;
  }

  /// Has the kernel forget how much memory each process has had at most.
  public void forgetPeak() throws IOException {
    for (long pid : pids()) {
      Files.writeString(PROC.resolve(Long.toString(pid)).resolve("clear_refs"), "5");
    }
  }

  /// Resident memory of each process at its most since [#forgetPeak()], added up.
  public long peakKib() {
    return pids().stream()
        .flatMap(pid -> read(pid, "status").stream())
        .flatMap(String::lines)
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  /// The process of the tree that is a JVM, if there is one; the first when there are several.
  public Optional<Long> jvm() {
    Map<Long, ProcStat> all = readAll();
    return withDescendants(all, roots).stream()
        .flatMap(pid -> Stream.ofNullable(all.get(pid)))
        .filter(stat -> stat.command().equals("java"))
        .map(ProcStat::pid)
        .findFirst();
  }

  /// The JVM flags (`-X…`, `-Djdk.…`, `--enable-…`) in a process's command line that another
  /// program may be given, too: not what the JVM learnt of this one.
  public static List<String> jvmFlags(long pid) {
    return jvmFlags(read(pid, "cmdline").orElse(""));
  }

  static List<String> jvmFlags(String commandLine) {
    return Stream.of(commandLine.split("\0", -1))
        .filter(ProcessTree::isJvmFlag)
        .filter(word -> !word.startsWith("-XX:AOT"))
        .toList();
  }

  private static boolean isJvmFlag(String word) {
    return word.startsWith("-X") || word.startsWith("-Djdk.") || word.startsWith("--enable-");
  }

  static Set<Long> withDescendants(Map<Long, ProcStat> all, Collection<Long> roots) {
    var children = new HashMap<Long, List<Long>>();
    all.values()
        .forEach(s -> children.computeIfAbsent(s.parent(), _ -> new ArrayList<>()).add(s.pid()));
    var found = new LinkedHashSet<Long>();
    var waiting = new ArrayDeque<Long>(roots);
    while (!waiting.isEmpty()) {
      long pid = waiting.remove();
      if (all.containsKey(pid) && found.add(pid)) {
        waiting.addAll(children.getOrDefault(pid, List.of()));
      }
    }
    return found;
  }

  private static Map<Long, ProcStat> readAll() {
    var all = new HashMap<Long, ProcStat>();
    try (Stream<Path> entries = Files.list(PROC)) {
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .flatMap(name -> read(Long.parseLong(name), "stat").stream())
          .map(ProcStat::parse)
          .forEach(stat -> all.put(stat.pid(), stat));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  // A process may end between being listed and being read.
  private static Optional<String> read(long pid, String file) {
    try {
      return Optional.of(Files.readString(PROC.resolve(Long.toString(pid)).resolve(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
