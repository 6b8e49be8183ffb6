package dev.burgage.node.log;

import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Indexes of full segments that somebody has read lately, while there is memory for them: whoever
/// goes through many databases would read each of them anew for each. Thread-safe.
final class SegmentIndexes {
  private static final int KEPT_MAX = 64;

  private final Map<Long, SoftReference<SegmentIndex>> kept =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, SoftReference<SegmentIndex>> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /// @param segment its number, which no other segment ever has
  synchronized @Nullable SegmentIndex find(long segment) {
    SoftReference<SegmentIndex> index = kept.get(segment);
    return index == null ? null : index.get();
  }

  /// @param index of a segment to which nothing more is written
  synchronized void keep(long segment, SegmentIndex index) {
    kept.put(segment, new SoftReference<>(index));
  }
}
