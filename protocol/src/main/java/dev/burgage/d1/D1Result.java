package dev.burgage.d1;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a statement gave. Of columns with the same name the last one counts, as in D1; `raw()` has
/// all.
///
/// @param results a map of column name to value for each row, in the order of the columns
public record D1Result(boolean success, List<Map<String, @Nullable Object>> results, D1Meta meta) {}
