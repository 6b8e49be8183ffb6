package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A restore of one database into a file that is thrown away, to see whether it would work: from
/// its newest backup, and from its log in the object store.
///
/// @param passed whether neither failed
/// @param lastGood the newest state that was restored and found right; null if none was
public record Drill(
    Instant at,
    long millis,
    NodeName node,
    PoolName pool,
    TenantId tenant,
    DatabaseId database,
    boolean passed,
    Finding backup,
    Finding log,
    @Nullable Point lastGood) {
  /// What became of one half of a drill.
  public enum Result {
    PASSED,
    FAILED,
    /// Nothing is known: there was nothing to restore, or the store did not answer.
    NOT_RUN;

    @JsonCreator
    public static Result parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// One half.
  ///
  /// @param bookmark of the state that was restored, if one was
  /// @param object key of the object that is damaged, or the prefix of those that were read
  /// @param detail what is wrong, for people; null if nothing is
  public record Finding(
      Result result, @Nullable String bookmark, @Nullable String object, @Nullable String detail) {}

  /// A state to which the database can be restored.
  ///
  /// @param from `backup` or `log`
  /// @param id of the backup, or the bookmark
  public record Point(String from, String id, String bookmark, Instant at) {}

  /// Answer to `GET /node/v1/drills`, the newest first, and to `POST`, those of this run.
  public record Drills(List<Drill> drills) {
    public Drills {
      drills = List.copyOf(drills);
    }
  }

  /// Body of `POST /node/v1/drills`: drill now.
  ///
  /// @param sample how many databases; null for as many as the schedule takes
  public record Order(@Nullable Integer sample) {}
}
