package dev.burgage.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies of templates, some of them made before anybody wants them: a caller who waits for a new
/// database then waits for one commit of the file system's journal, that of the rename, and not for
/// that of the copy, too. Each copy is whole and on the disk when it is given. Spare ones are kept
/// in the temporary folder, a few of each template that was used lately; what a killed process
/// leaves is cleared away at the next start. Thread-safe.
final class SpareCopies {
  private static final int OF_EACH = 4;
  private static final int TEMPLATES_MAX = 8;
  private static final long TEMPLATE_BYTES_MAX = 4L * 1024 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(SpareCopies.class);

  private final Path folder;
  private final Executor background;
  private final Map<Path, Deque<Path>> spares = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Path> refilling = new HashSet<>();

  /// @param folder of the same file system as what the copies become
  /// @param background where spare copies are made
  SpareCopies(Path folder, Executor background) {
    this.folder = folder;
    this.background = background;
  }

  /// A copy that belongs to the caller.
  Path take(Path template) throws IOException {
    Path spare = poll(template);
    Path copy = spare == null ? copy(template) : spare;
    if (Files.size(template) <= TEMPLATE_BYTES_MAX && isFirstToRefill(template)) {
      background.execute(() -> refill(template));
    }
    return copy;
  }

  private synchronized @Nullable Path poll(Path template) {
    return spares.computeIfAbsent(template, _ -> new ArrayDeque<>()).poll();
  }

  private synchronized boolean isFirstToRefill(Path template) {
    return refilling.add(template);
  }

  private void refill(Path template) {
    try {
      while (isShort(template)) {
        keep(template, copy(template));
      }
      for (Path unused : dropUnused()) {
        Files.deleteIfExists(unused);
      }
    } catch (IOException e) {
      LOG.warn("No spare copy of template {} is made: {}", template.getFileName(), e.toString());
      forget(template);
    }
  }

  // Whoever comes after this has said "enough" starts a refill of his own.
  private synchronized boolean isShort(Path template) {
    Deque<Path> own = spares.get(template);
    boolean isShort = own != null && own.size() < OF_EACH;
    if (!isShort) {
      refilling.remove(template);
    }
    return isShort;
  }

  private synchronized void keep(Path template, Path copy) {
    spares.computeIfAbsent(template, _ -> new ArrayDeque<>()).add(copy);
  }

  private synchronized void forget(Path template) {
    refilling.remove(template);
  }

  private synchronized List<Path> dropUnused() {
    var unused = new ArrayList<Path>();
    var eldest = spares.entrySet().iterator();
    while (spares.size() > TEMPLATES_MAX && eldest.hasNext()) {
      unused.addAll(eldest.next().getValue());
      eldest.remove();
    }
    return unused;
  }

  private Path copy(Path template) throws IOException {
    Path copy = folder.resolve(UUID.randomUUID().toString());
    try {
      Durable.copy(template, copy);
      return copy;
    } catch (IOException e) {
      Files.deleteIfExists(copy); // a full disk must not keep halves
      throw e;
    }
  }
}
