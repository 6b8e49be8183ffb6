package dev.burgage.bench.scenario;

import dev.burgage.bench.load.LoadResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Times of one stretch of provisioning. Thread-safe.
final class ProvisionSamples {
  private static final double NANOS_PER_MICRO = 1e3;

  private final Histogram created = LoadResult.newHistogram();
  private final Histogram answered = LoadResult.newHistogram();
  private long refused;
  private long errors;

  synchronized void created(long nanos) {
    created.recordValue(nanos);
  }

  synchronized void answered(long nanos) {
    answered.recordValue(nanos);
  }

  /// A query after the creation's 201 that the node turned down.
  synchronized void refused() {
    refused++;
  }

  synchronized void failed() {
    errors++;
  }

  synchronized Map<String, Double> figures() {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("createdP50Micros", micros(created, 50));
    figures.put("createdP99Micros", micros(created, 99));
    figures.put("answeredP50Micros", micros(answered, 50));
    figures.put("answeredP99Micros", micros(answered, 99));
    figures.put("refused", (double) refused);
    figures.put("errors", (double) errors);
    return figures;
  }

  private static double micros(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }
}
