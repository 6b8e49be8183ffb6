package dev.burgage.node;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.NodeStore;
import dev.burgage.node.ship.ShipSettings;
import dev.burgage.node.ship.Shipping;
import dev.burgage.node.ship.TemplateFiles;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.S3Settings;
import dev.burgage.node.store.S3Store;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a node's commit log is kept apart from its disk, under which keys, and for how long.
///
/// @param isOnNodesDisk nobody named a store: what the disk loses, its store loses too
record StoreConfig(Place place, Layout layout, ShipSettings shipping, boolean isOnNodesDisk) {
  private static final Logger LOG = LoggerFactory.getLogger(StoreConfig.class);
  static final String STORE = "BURGAGE_STORE";
  private static final String BACKLOG = "BURGAGE_STORE_BACKLOG_MIB";
  private static final String FORM =
      " must be file:<folder> or"
          + " s3://<bucket>[/<prefix>][?endpoint=…&region=…&path-style=true]; got \"%s\"";
  private static final Set<String> OPTIONS = Set.of("endpoint", "region", "path-style");
  private static final long MIB = 1024 * 1024;

  /// What is behind the setting's URL.
  sealed interface Place {
    /// Opens it, without asking it for anything if it is a bucket.
    ObjectStore open() throws IOException;
  }

  /// A folder of this machine, or one that is mounted on it.
  record Folder(Path path) implements Place {
    @Override
    public ObjectStore open() throws IOException {
      return new FolderStore(path);
    }

    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  /// A bucket of an S3-compatible store.
  record Bucket(S3Settings settings) implements Place {
    @Override
    public ObjectStore open() {
      return new S3Store(settings);
    }
  }

  /// @param data the node's data folder
  /// @throws IllegalArgumentException naming the variable, the rule and the value
  static StoreConfig of(Settings settings, Path data) {
    String cell = settings.text("BURGAGE_CELL", "burgage");
    String store = settings.text(STORE, "file:" + data.resolve("store"));
    ShipSettings shipping = shipping(settings);
    if (store.startsWith("file:") && store.length() > "file:".length()) {
      Path folder = Path.of(store.substring("file:".length())).toAbsolutePath().normalize();
      return new StoreConfig(new Folder(folder), layout(cell), shipping, !settings.has(STORE));
    }
    URI url = url(store);
    String prefix = url.getPath() == null ? "" : url.getPath().replaceAll("^/|/$", "");
    Layout layout = layout(prefix.isEmpty() ? cell : prefix + "/" + cell);
    return new StoreConfig(new Bucket(bucket(settings, url)), layout, shipping, false);
  }

  private static URI url(String store) {
    try {
      URI url = URI.create(store);
      if ("s3".equals(url.getScheme()) && url.getRawAuthority() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(STORE + FORM.formatted(store));
  }

  private static Layout layout(String root) {
    try {
      return new Layout(root);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "BURGAGE_CELL, and the prefix in %s: %s".formatted(STORE, e.getMessage()), e);
    }
  }

  // Keys are looked for where Amazon's tools look, so no secret is in the URL.
  private static S3Settings bucket(Settings settings, URI url) {
    Map<String, String> options = options(url);
    URI endpoint = null;
    if (options.containsKey("endpoint")) {
      endpoint = new Settings(options).url("endpoint");
    }
    String region = options.getOrDefault("region", settings.text("AWS_REGION", ""));
    if (region.isBlank() && endpoint == null) {
      throw new IllegalArgumentException(
          STORE + " names no region; add ?region=… or set AWS_REGION");
    }
    String pathStyle = options.getOrDefault("path-style", "false");
    if (!Set.of("true", "false").contains(pathStyle)) {
      throw new IllegalArgumentException(
          STORE + ": path-style must be true or false; got \"%s\"".formatted(pathStyle));
    }
    return new S3Settings(
        endpoint,
        region.isBlank() ? "us-east-1" : region, // any will do for a server that is not Amazon's
        url.getRawAuthority(),
        /* credentials= */ null,
        Boolean.parseBoolean(pathStyle),
        S3Settings.Limits.DEFAULT);
  }

  private static Map<String, String> options(URI url) {
    Map<String, String> options = new HashMap<>();
    String query = url.getRawQuery();
    for (String option : query == null ? new String[0] : query.split("&", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (!OPTIONS.contains(name) || equals < 0) {
        throw new IllegalArgumentException(STORE + FORM.formatted(url));
      }
      options.put(name, URLDecoder.decode(option.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return options;
  }

  private static ShipSettings shipping(Settings settings) {
    ShipSettings usual = ShipSettings.DEFAULT;
    int hours =
        settings.number(
            "BURGAGE_STORE_EVERY_COMMIT_HOURS", (int) usual.everyCommit().toHours(), 0, 24 * 3_650);
    int days =
        settings.number("BURGAGE_STORE_WINDOW_DAYS", (int) usual.window().toDays(), 0, 3_650);
    if (hours > 24 * days) {
      throw new IllegalArgumentException(
          "BURGAGE_STORE_EVERY_COMMIT_HOURS must be at most the hours of"
              + " BURGAGE_STORE_WINDOW_DAYS; got %d hours and %d days".formatted(hours, days));
    }
    int backlog = settings.number(BACKLOG, (int) (usual.backlogBytesMax() / MIB), 1, 1 << 20);
    int seconds =
        settings.number("BURGAGE_STORE_SLICE_SECONDS", (int) usual.sliceAge().toSeconds(), 1, 600);
    int slice =
        settings.number("BURGAGE_STORE_SLICE_MIB", (int) (usual.sliceBytesMax() / MIB), 1, 64);
    return new ShipSettings(
        Duration.ofSeconds(seconds),
        (int) MIB * slice,
        usual.objectBytesMax(),
        Duration.ofHours(hours),
        Duration.ofDays(days),
        MIB * backlog);
  }

  /// While a store does not answer after a start, all that the disk has counts as waiting for it.
  ///
  /// @param logBytes that the disk has when nothing waits
  /// @throws IllegalArgumentException if writes would be refused then at once
  void requireBacklogOver(long logBytes) {
    if (shipping.backlogBytesMax() <= logBytes) {
      throw new IllegalArgumentException(
          "%s must be more than BURGAGE_NODE_LOG_MIB and one segment together, %d; got %d"
              .formatted(BACKLOG, logBytes / MIB, shipping.backlogBytesMax() / MIB));
    }
  }

  /// Opens the store and begins to ship a log to it.
  ///
  /// @param data the node's data folder
  NodeStore start(CommitLog log, NodeName self, Path data, TemplateFiles templates, Guard guard)
      throws IOException {
    if (isOnNodesDisk) {
      LOG.warn(
          "{} is not set: the databases' past is kept on this node's own disk ({}), and is lost"
              + " with it",
          STORE,
          place);
    }
    Shipping.Parts parts =
        new Shipping.Parts(
            log, self, data.resolve("ship"), open(), layout, templates, Clock.systemUTC());
    return NodeStore.open(parts, shipping, guard);
  }

  /// Opens a store that must be there.
  ///
  /// @throws IllegalArgumentException if it is a folder that is not
  ObjectStore openExisting() throws IOException {
    if (place instanceof Folder(Path path) && !Files.isDirectory(path)) {
      throw new IllegalArgumentException("%s: there is no folder %s".formatted(STORE, path));
    }
    return open();
  }

  /// Opens the store. A bucket need not answer yet.
  ///
  /// @throws IOException if it is a folder that cannot be made or written
  ObjectStore open() throws IOException {
    return place.open();
  }
}
