package dev.burgage.migrations.rollout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much of a pool a wave takes: a count, or a percentage of the tenants that are behind.
///
/// @param percent more than 0, at most 100
public record WaveShare(@Nullable Integer count, @Nullable Double percent) {
  public WaveShare {
    if ((count == null) == (percent == null)) {
      throw new IllegalArgumentException("a wave needs either count or percent");
    }
    if (count != null && count < 1) {
      throw new IllegalArgumentException("count must be at least 1; got " + count);
    }
    if (percent != null && !(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be above 0 and at most 100; got " + percent);
    }
  }

  /// Rounded up, so that a wave of a small pool is not empty.
  long of(long tenants) {
    return count != null ? count : percent == null ? 0 : (long) Math.ceil(tenants * percent / 100);
  }

  /// The numbers of tenants after which each wave ends, when tenants are counted in a row. There is
  /// one wave more than shares: it takes the rest, which may be none.
  ///
  /// @param tenants that are behind and in no wave yet
  /// @param ofTenants what percentages are of
  public static List<Long> ends(long tenants, long ofTenants, List<WaveShare> shares) {
    List<Long> ends = new ArrayList<>();
    long end = 0;
    for (WaveShare share : shares) {
      end = Math.min(tenants, end + share.of(ofTenants));
      ends.add(end);
    }
    return List.copyOf(ends);
  }
}
