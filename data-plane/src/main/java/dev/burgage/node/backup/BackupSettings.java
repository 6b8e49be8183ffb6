package dev.burgage.node.backup;

import java.time.Duration;

/// When backups are made and how long they are kept.
///
/// @param interval between two scheduled backups of a database that is written to; zero: none
/// @param everyOne how long each scheduled backup is kept
/// @param window how long the last one of a day is kept, and each that was asked for
/// @param drillEvery between two rounds of drills; zero: none by themselves
/// @param drillSample databases in a round
/// @param reserveBytes of the node's disk that are left to the databases
public record BackupSettings(
    Duration interval,
    Duration everyOne,
    Duration window,
    Duration drillEvery,
    int drillSample,
    long reserveBytes) {
  /// Hourly for two days, daily for thirty.
  public static final BackupSettings DEFAULT =
      new BackupSettings(
          Duration.ofHours(1),
          Duration.ofHours(48),
          Duration.ofDays(30),
          Duration.ofDays(1),
          3,
          256L * 1024 * 1024);

  public BackupSettings {
    if (interval.isNegative() || everyOne.isNegative() || drillEvery.isNegative()) {
      throw new IllegalArgumentException("times of backups must not be negative");
    }
    if (window.compareTo(everyOne) < 0) {
      throw new IllegalArgumentException(
          "backups must be kept at least as long as each scheduled one, %s; got %s"
              .formatted(everyOne, window));
    }
    if (drillSample < 1 || reserveBytes < 0) {
      throw new IllegalArgumentException(
          "a drill takes at least 1 database and leaves at least 0 bytes; got %d and %d"
              .formatted(drillSample, reserveBytes));
    }
  }
}
