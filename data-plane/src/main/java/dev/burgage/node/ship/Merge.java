package dev.burgage.node.ship;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Slices of one minute, hour or day that are to become one.
///
/// @param level of the slice that is made
/// @param spans that follow each other
record Merge(int level, List<Span> spans) {
  static final int COLLAPSED = 3;
  private static final long[] WINDOW_SECONDS = {0, 60, 3600, 86_400};
  private static final long SETTLE_SECONDS = 5;
  private static final int SPANS_MAX = 64;

  Merge {
    spans = List.copyOf(spans);
  }

  static long windowSeconds(int level) {
    return WINDOW_SECONDS[level];
  }

  Slice.Name name(int writer) {
    Slice.Name first = spans.getFirst().name();
    Slice.Name last = spans.getLast().name();
    return new Slice.Name(level, first.from(), last.to(), last.second(), writer);
  }

  /// What is to be merged next: the smallest first, so that few objects are open at a time.
  ///
  /// @param cover of the log
  /// @param everyCommit before that age days are not collapsed
  /// @param without merges that begin with these slices
  static @Nullable Merge next(
      List<Span> cover, Instant now, Duration everyCommit, Set<Slice.Name> without) {
    for (int level = 1; level < Slice.LEVELS; level++) {
      long age = level == COLLAPSED ? everyCommit.toSeconds() : SETTLE_SECONDS;
      long ended = now.getEpochSecond() - age;
      for (List<Span> window : windows(cover, level)) {
        boolean isOver = end(window.getFirst(), level) <= ended;
        boolean isWorthIt = window.size() > 1 || level == COLLAPSED;
        if (isOver && isWorthIt && !without.contains(window.getFirst().name())) {
          return new Merge(level, window);
        }
      }
    }
    return null;
  }

  private static long end(Span span, int level) {
    return (span.name().second() / WINDOW_SECONDS[level] + 1) * WINDOW_SECONDS[level];
  }

  // Slices of a lower level that follow each other in one window.
  private static List<List<Span>> windows(List<Span> cover, int level) {
    List<List<Span>> windows = new ArrayList<>();
    List<Span> open = new ArrayList<>();
    for (Span span : cover) {
      boolean fits =
          !open.isEmpty()
              && open.size() < SPANS_MAX
              && end(open.getFirst(), level) == end(span, level);
      if (!open.isEmpty() && !(fits && span.name().level() < level)) {
        windows.add(open);
        open = new ArrayList<>();
      }
      if (span.name().level() < level) {
        open.add(span);
      }
    }
    if (!open.isEmpty()) {
      windows.add(open);
    }
    return windows;
  }
}
