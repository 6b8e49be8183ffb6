package dev.burgage.node.ship;

import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads all that a cell has in a store and says what is wrong: each object's sums and records, and
/// whether any slice is missing. Changes nothing. For one thread, once.
public final class StoreCheck {
  private static final int FINDINGS_MAX = 20;
  private static final Pattern BASE = Pattern.compile(".*/databases/([0-9a-f-]{36})/bases/.*");
  private static final Pattern HOME = Pattern.compile(".*/databases/([0-9a-f-]{36})/homes/.*");
  private static final Pattern TEMPLATE = Pattern.compile(".*/templates/([0-9a-f]{64})/.*");
  private static final Pattern LOG =
      Pattern.compile(".*/nodes/([^/]+)/([0-9a-f]{8}-[0-9a-f]{8})/(.*)");
  private static final Pattern EMPTY =
      Pattern.compile(
          "(stints/[0-9a-f]{8}-[0-9a-f]{16}\\.[0-9a-f]{8}-[0-9a-f]{8}"
              + "|kept-from/[0-9a-f]{16}\\.[0-9a-f]{8}-[0-9a-f]{8})");

  private final ObjectStore store;
  private final Layout layout;
  private final RunReader reader;
  private final LogObjects objects;
  private final Others others;
  private final List<String> findings = new ArrayList<>();
  private final Set<LogName> logs = new LinkedHashSet<>();
  private final Set<String> templates = new LinkedHashSet<>();
  private long count;
  private long bytes;

  /// Knows objects that are not of the log.
  @FunctionalInterface
  public interface Others {
    /// None are.
    Others NONE = (_, _) -> false;

    /// @return whether it is one of them
    /// @throws ObjectDamagedException if it is one, and not what was written
    boolean check(ObjectStore store, String key) throws IOException;
  }

  private StoreCheck(ObjectStore store, Layout layout, Others others) {
    this.others = others;
    this.store = store;
    this.layout = layout;
    this.reader = new RunReader(store);
    this.objects = new LogObjects(store, layout);
  }

  /// What a check found.
  ///
  /// @param findings the first of them, each with the key of its object
  public record Report(long objects, long bytes, List<String> findings) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  /// @throws StoreException if the store does not answer
  public static Report of(ObjectStore store, Layout layout) throws IOException {
    return of(store, layout, Others.NONE);
  }

  /// As the other, of a cell that has more than its log there.
  public static Report of(ObjectStore store, Layout layout, Others others) throws IOException {
    StoreCheck check = new StoreCheck(store, layout, others);
    check.run();
    return new Report(check.count, check.bytes, check.findings);
  }

  private void run() throws IOException {
    String last = "";
    while (true) {
      List<Listed> page = store.list(layout.root() + "/", last, ObjectStore.BATCH_MAX);
      for (Listed listed : page) {
        count++;
        bytes += listed.sizeBytes();
        found(() -> check(listed));
      }
      if (page.size() < ObjectStore.BATCH_MAX) {
        break;
      }
      last = page.getLast().key();
    }
    for (LogName log : logs) {
      found(() -> cover(log));
    }
    for (String template : templates) {
      found(() -> template(template));
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private void found(Step step) throws IOException {
    try {
      step.run();
    } catch (ObjectDamagedException e) {
      if (findings.size() < FINDINGS_MAX) {
        findings.add(e.getMessage());
      }
    } catch (StoreException e) {
      // What was merged or deleted meanwhile is not looked for.
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private void check(Listed listed) throws IOException {
    String key = listed.key();
    Matcher template = TEMPLATE.matcher(key);
    Matcher home = HOME.matcher(key);
    Matcher base = BASE.matcher(key);
    Matcher log = LOG.matcher(key);
    if (template.matches()) {
      templates.add(template.group(1));
    } else if (home.matches()) {
      Home.read(key, DatabaseId.parse(home.group(1)), store.get(key));
    } else if (base.matches()) {
      part(Base.partOf(DatabaseId.parse(base.group(1)), listed), listed);
    } else if (log.matches()) {
      logs.add(new LogName(new NodeName(log.group(1)), log.group(2)));
      inLog(listed, log.group(3));
    } else if (!others.check(store, key)) {
      throw unknown(listed);
    }
  }

  private static ObjectDamagedException unknown(Listed listed) {
    return new ObjectDamagedException(listed.key(), "it is no object that this program writes");
  }

  private void inLog(Listed listed, String name) throws IOException {
    Slice slice = Slice.parse(listed);
    if (slice != null) {
      part(slice.object(), listed);
    } else if (!EMPTY.matcher(name).matches() || listed.sizeBytes() != 0) {
      throw unknown(listed);
    }
  }

  private void part(@Nullable ObjectPart part, Listed listed) throws IOException {
    if (part == null) {
      throw unknown(listed);
    }
    List<Run> runs = reader.index(part);
    byte[] header = store.get(part.key(), 0, RunFormat.HEADER_BYTES);
    if (!Arrays.equals(header, RunFormat.header())) {
      throw new ObjectDamagedException(part.key(), "its header is damaged");
    }
    for (Run run : runs) {
      RunReader.records(part, run, reader.bytes(part, run), (_, _) -> {});
    }
  }

  private void cover(LogName log) throws IOException {
    LogObjects.Found found = objects.list(log, LogObjects.NOWHERE);
    objects.cover(found, found.begin()).requireWhole();
  }

  private void template(String id) throws IOException {
    Path file = Files.createTempFile("template", ".db");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      new TemplateObjects(store, layout).get(HexFormat.of().parseHex(id), channel);
    }
  }
}
