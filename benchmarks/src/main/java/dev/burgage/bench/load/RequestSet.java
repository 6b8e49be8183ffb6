package dev.burgage.bench.load;

import java.util.List;
import java.util.SplittableRandom;

/// Requests to draw from at random, made before the clock starts.
public record RequestSet(List<PreparedRequest> requests) {
  /// @throws IllegalArgumentException if there is no request
  public RequestSet {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a request set must have at least one request");
    }
  }

  PreparedRequest draw(SplittableRandom random) {
    return requests.get(random.nextInt(requests.size()));
  }
}
