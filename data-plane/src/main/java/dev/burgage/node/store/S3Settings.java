package dev.burgage.node.store;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which bucket, and how long to wait for it.
///
/// @param endpoint of a server that is not Amazon's; null for Amazon's of the region
/// @param region by which requests are signed
/// @param credentials null to look where Amazon's tools look: environment, profile, the machine's
///   role
/// @param pathStyle the bucket is in the path and not in the host name
public record S3Settings(
    @Nullable URI endpoint,
    String region,
    String bucket,
    @Nullable Credentials credentials,
    boolean pathStyle,
    Limits limits) {

  /// Of one call.
  ///
  /// @param connectMax until there is a connection
  /// @param attemptMax one request and its answer
  /// @param callMax all attempts with the waits between them
  /// @param attempts between them is a wait that doubles, drawn at random
  public record Limits(Duration connectMax, Duration attemptMax, Duration callMax, int attempts) {
    /// For a store in the same region.
    public static final Limits DEFAULT =
        new Limits(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30), 3);

    public Limits {
      boolean ordered = connectMax.isPositive() && attemptMax.compareTo(callMax) <= 0;
      if (!ordered || !attemptMax.isPositive() || attempts < 1 || attempts > 10) {
        throw new IllegalArgumentException(
            "S3 limits must have 0 < connectMax, 0 < attemptMax <= callMax and 1 to 10 attempts;"
                + " got"
                + " %s, %s, %s, %d".formatted(connectMax, attemptMax, callMax, attempts));
      }
    }
  }

  /// A key that does not change.
  public record Credentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return accessKey + ":***";
    }
  }
}
