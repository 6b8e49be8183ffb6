package dev.burgage.bench.load;

import java.time.Duration;

/// How much load: it ends at whichever bound is reached first.
public record Extent(long requestsMax, Duration timeMax) {
  private static final Duration FOREVER = Duration.ofHours(1);

  public static Extent ofRequests(long requests) {
    return new Extent(requests, FOREVER);
  }

  public static Extent ofTime(Duration time) {
    return new Extent(Long.MAX_VALUE, time);
  }
}
