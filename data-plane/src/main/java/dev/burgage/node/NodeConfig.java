package dev.burgage.node;

import dev.burgage.node.backup.BackupSettings;
import dev.burgage.node.backup.Drills;
import dev.burgage.node.log.LogSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node's settings, all from environment variables, checked before anything starts.
///
/// @param controlPlane where the control plane answers
/// @param token the node's own, `bgn.<name>.<secret>`
/// @param data the node's folder
/// @param host address to listen on
/// @param port 0 takes any free one
/// @param url where others reach the node, or null for host and port
/// @param openDatabasesMax databases that are open at once
/// @param statementsMax statements that run inside SQLite at once
/// @param bodyBytesMax of one request
/// @param answerBytesMax of one answer
/// @param trashRetention how long files that were moved aside are kept
/// @param overrun how long a statement may go on after its interruption until the process ends;
///   zero for ever
/// @param sqlGuard `enforced`, or `trusted` to run SQL unchecked
/// @param log sizes of the commit log
/// @param logBytesKept of the commit log that stay when no database needs them any more
/// @param backups when they are made, and how long they are kept
/// @param store where the commit log is kept apart from the node's disk
record NodeConfig(
    URI controlPlane,
    NodeToken token,
    Path data,
    String host,
    int port,
    @Nullable URI url,
    int openDatabasesMax,
    int statementsMax,
    int bodyBytesMax,
    int answerBytesMax,
    Duration trashRetention,
    Duration overrun,
    String sqlGuard,
    LogSettings log,
    long logBytesKept,
    StoreConfig store,
    BackupSettings backups) {
  static final String OVERRUN = "BURGAGE_NODE_OVERRUN_SECONDS";
  private static final long MIB = 1024 * 1024;
  private static final int LOG_MIB_DEFAULT = 1_024;
  private static final int PORT_DEFAULT = 8788;
  private static final int OPEN_DEFAULT = 1_000;
  private static final int BODY_DEFAULT = 10 * 1024 * 1024;
  private static final int ANSWER_DEFAULT = 32 * 1024 * 1024;

  /// @throws IllegalArgumentException naming the variable, the rule and the value
  static NodeConfig of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Path data = data(settings);
    LogSettings log = log(settings);
    long logBytesKept = MIB * settings.number("BURGAGE_NODE_LOG_MIB", LOG_MIB_DEFAULT, 0, 1 << 20);
    StoreConfig store = StoreConfig.of(settings, data);
    store.requireBacklogOver(logBytesKept + log.segmentBytes());
    return new NodeConfig(
        settings.url("BURGAGE_CONTROL_PLANE"),
        NodeToken.parse(settings.text("BURGAGE_NODE_TOKEN")),
        data,
        settings.text("BURGAGE_NODE_HOST", "127.0.0.1"),
        settings.number("BURGAGE_NODE_PORT", PORT_DEFAULT, 0, 65_535),
        settings.has("BURGAGE_NODE_URL") ? settings.url("BURGAGE_NODE_URL") : null,
        settings.number("BURGAGE_NODE_OPEN_DATABASES", OPEN_DEFAULT, 1, 100_000),
        settings.number(
            "BURGAGE_NODE_STATEMENTS", Runtime.getRuntime().availableProcessors(), 1, 1_024),
        settings.number("BURGAGE_NODE_BODY_BYTES", BODY_DEFAULT, 1_024, 1 << 30),
        settings.number("BURGAGE_NODE_ANSWER_BYTES", ANSWER_DEFAULT, 1_024, 1 << 30),
        Duration.ofHours(settings.number("BURGAGE_NODE_TRASH_HOURS", 7 * 24, 0, 24 * 365)),
        Duration.ofSeconds(settings.number(OVERRUN, 0, 0, 3_600)),
        settings.text("BURGAGE_SQL_GUARD", "enforced"),
        log,
        logBytesKept,
        store,
        backups(settings, log.diskReserveBytes()));
  }

  private static BackupSettings backups(Settings settings, long reserveBytes) {
    BackupSettings usual = BackupSettings.DEFAULT;
    int hours =
        settings.number("BURGAGE_BACKUP_HOURS", (int) usual.everyOne().toHours(), 0, 24 * 3_650);
    int days = settings.number("BURGAGE_BACKUP_DAYS", (int) usual.window().toDays(), 1, 3_650);
    if (hours > 24 * days) {
      throw new IllegalArgumentException(
          "BURGAGE_BACKUP_HOURS must be at most the hours of BURGAGE_BACKUP_DAYS; got %d hours and %d days"
              .formatted(hours, days));
    }
    return new BackupSettings(
        Duration.ofMinutes(
            settings.number(
                "BURGAGE_BACKUP_MINUTES", (int) usual.interval().toMinutes(), 0, 60 * 24 * 30)),
        Duration.ofHours(hours),
        Duration.ofDays(days),
        Duration.ofHours(
            settings.number(
                "BURGAGE_BACKUP_DRILL_HOURS", (int) usual.drillEvery().toHours(), 0, 24 * 365)),
        settings.number("BURGAGE_BACKUP_DRILL_SAMPLE", usual.drillSample(), 1, Drills.SAMPLE_MAX),
        reserveBytes);
  }

  static Path data(Settings settings) {
    return Path.of(settings.text("BURGAGE_DATA", "./.burgage/node")).toAbsolutePath().normalize();
  }

  private static LogSettings log(Settings settings) {
    LogSettings usual = LogSettings.DEFAULT;
    long segment =
        MIB
            * settings.number(
                "BURGAGE_NODE_SEGMENT_MIB", (int) (usual.segmentBytes() / MIB), 4, 1_024);
    long disk =
        MIB
            * settings.number(
                "BURGAGE_NODE_DISK_RESERVE_MIB",
                (int) (usual.diskReserveBytes() / MIB),
                0,
                1 << 20);
    return new LogSettings(
        segment,
        usual.queuedBytesMax(),
        Math.min(usual.reserveBytes(), segment / 4),
        disk,
        usual.packing());
  }
}
