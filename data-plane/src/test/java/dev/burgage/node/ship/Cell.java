package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogSettings;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.TestClock;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A node's log with databases that are written to, and a store that it is shipped to.
final class Cell implements AutoCloseable {
  static final NodeName NODE = new NodeName("n1");
  static final LogName LOG = LogName.begin(NODE, 1_800_000_000L, 42);
  static final Layout LAYOUT = new Layout("test/eu1");
  static final ShipSettings SETTINGS =
      new ShipSettings(
          Duration.ofSeconds(1),
          200_000,
          300_000,
          Duration.ofDays(2),
          Duration.ofDays(30),
          1_000_000);
  private static final LogSettings LOG_SETTINGS =
      new LogSettings(2_400_000, 4_000_000, 0, 0, Packing.PLAIN);

  final ShipSettings settings;
  final TestClock clock = new TestClock(Instant.parse("2026-11-01T00:00:00Z"));
  final Path folder;
  final Path objects;
  final FaultyStore store;
  final Path template;
  final List<Tenant> tenants = new ArrayList<>();
  private int made;
  CommitLog log;
  Shipper shipper;

  Cell(Path folder) throws IOException, SQLException {
    this(folder, new FolderStore(folder.resolve("objects")), SETTINGS);
  }

  Cell(Path folder, ObjectStore objectStore, ShipSettings settings)
      throws IOException, SQLException {
    this.settings = settings;
    this.folder = folder;
    this.objects = folder.resolve("objects");
    this.store = new FaultyStore(objectStore);
    this.template = Tenant.template(folder.resolve("template.db"), 1024, "incremental");
    this.log = openLog();
    this.shipper = newShipper();
  }

  private CommitLog openLog() throws IOException {
    return CommitLog.open(folder.resolve("log"), NODE, LOG_SETTINGS, clock, this::isTemplate);
  }

  Shipper newShipper() {
    return new Shipper(
        new Shipper.Parts(log, LOG, store, LAYOUT, this::findTemplate, clock), settings);
  }

  // The third database that is made, and each third after it, is nobody's copy to the log.
  private boolean isTemplate(byte[] sha256) {
    try {
      return made++ % 3 != 2 && findTemplate(sha256) != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Nullable Path findTemplate(byte[] sha256) throws IOException {
    byte[] own = Sha256.digest().digest(Files.readAllBytes(template));
    return Arrays.equals(own, sha256) ? template : null;
  }

  Tenant tenant(int number) throws IOException, SQLException {
    Tenant tenant =
        Tenant.make(log, number, template, Files.createDirectories(folder.resolve("databases")));
    tenants.add(tenant);
    return tenant;
  }

  void commits(Random random, int count) throws IOException, SQLException {
    for (int i = 0; i < count; i++) {
      tenants.get(random.nextInt(tenants.size())).randomTransaction(random);
      clock.advance(Duration.ofMillis(random.nextInt(20_000)));
    }
  }

  /// Ships all that is durable.
  void ship() throws IOException {
    while (shipper.ship()) {
      // until there is no more
    }
  }

  Compactor compactor() throws IOException {
    return new Compactor(store, LAYOUT, settings, temporary(), clock);
  }

  Retention retention() throws IOException {
    return new Retention(store, LAYOUT, settings, temporary(), clock);
  }

  private Path temporary() throws IOException {
    return Files.createDirectories(folder.resolve("tmp"));
  }

  /// Merges all that is due.
  void compact() throws IOException {
    Compactor compactor = compactor();
    while (compactor.compact(LOG)) {
      // until nothing is due
    }
    assertThat(compactor.damage()).isNull();
  }

  List<String> keys(String prefix) throws IOException {
    return new LogObjects(store, LAYOUT).all(prefix, "", Listed::key);
  }

  /// As a process that is started again finds it.
  void restart(Random random) throws IOException, SQLException {
    for (Tenant tenant : tenants) {
      tenant.beforeCrash();
    }
    log.close();
    log = openLog();
    for (Tenant tenant : tenants) {
      tenant.reopen(log, random.nextInt(3) == 0);
    }
    shipper = newShipper();
  }

  Restore restore() {
    return new Restore(store, LAYOUT, Cell::requireSound);
  }

  Restore.Local local() {
    return new Restore.Local(() -> log.reader(), this::findTemplate);
  }

  static void requireSound(Path file) throws IOException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + file + "?immutable=1");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("pragma integrity_check")) {
      rows.next();
      if (!rows.getString(1).equals("ok")) {
        throw new IOException("damaged: " + rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  RestoreOutcome restore(Tenant tenant, Tenant.State state, Restore.@Nullable Local local) {
    Path target = folder.resolve("restored.db");
    try {
      Files.deleteIfExists(target);
      RestoreOutcome outcome = restore().toBookmark(tenant.id(), state.bookmark(), local, target);
      if (outcome instanceof RestoreOutcome.Restored restored) {
        assertThat(restored.bookmark()).isEqualTo(state.bookmark());
        assertThat(Tenant.sha256(Files.readAllBytes(target)))
            .as("%s at %s", tenant.id(), state.bookmark())
            .isEqualTo(state.sha256());
      } else {
        assertThat(target).doesNotExist();
      }
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every state that must be kept comes back from the store alone: all of the last two days, and
  /// of each minute in the window the last. What need not be kept either comes back as it was or is
  /// said not to be kept.
  void requireWindow() {
    long now = clock.instant().getEpochSecond();
    for (Tenant tenant : tenants) {
      List<Tenant.State> states = List.copyOf(tenant.states().values());
      for (int i = 0; i < states.size(); i++) {
        Tenant.State state = states.get(i);
        long second = state.bookmark().second();
        boolean isLast = i == states.size() - 1;
        boolean isNewestOfAll =
            isLast || states.get(i + 1).bookmark().second() > now - settings.window().toSeconds();
        boolean isOfMinute = isLast || states.get(i + 1).bookmark().second() / 60 > second / 60;
        boolean isYoung = second > now - settings.everyCommit().toSeconds();
        RestoreOutcome outcome = restore(tenant, state, null);
        if (isYoung || (isNewestOfAll && isOfMinute)) {
          assertThat(outcome)
              .as("%s at %s", tenant.id(), state.bookmark())
              .isInstanceOf(RestoreOutcome.Restored.class);
        } else {
          assertThat(outcome)
              .isInstanceOfAny(RestoreOutcome.Restored.class, RestoreOutcome.NotKept.class);
        }
      }
    }
  }

  /// Every state of every tenant comes back from the store alone.
  void requireAll() {
    for (Tenant tenant : tenants) {
      for (Tenant.State state : tenant.states().values()) {
        assertThat(restore(tenant, state, null))
            .as("%s at %s", tenant.id(), state.bookmark())
            .isInstanceOf(RestoreOutcome.Restored.class);
      }
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    for (Tenant tenant : tenants) {
      tenant.close();
    }
    log.close();
  }
}
