package dev.burgage.client;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which tenants a list has.
///
/// @param prefix of their ids; empty for any
/// @param labels that they all have
/// @param state null for any
/// @param pageSize tenants fetched by one request, 1 to 1000
public record TenantFilter(
    String prefix, Map<String, String> labels, @Nullable TenantState state, int pageSize) {
  public static final TenantFilter ALL =
      new TenantFilter("", Map.of(), /* state= */ null, /* pageSize= */ 1000);

  public TenantFilter {
    if (pageSize < 1 || pageSize > 1000) {
      throw new IllegalArgumentException("pageSize must be between 1 and 1000; got " + pageSize);
    }
    labels = Map.copyOf(labels);
  }

  public TenantFilter withPrefix(String prefix) {
    return new TenantFilter(prefix, labels, state, pageSize);
  }

  public TenantFilter withLabel(String key, String value) {
    Map<String, String> more = new TreeMap<>(labels);
    more.put(key, value);
    return new TenantFilter(prefix, more, state, pageSize);
  }

  public TenantFilter withState(TenantState state) {
    return new TenantFilter(prefix, labels, state, pageSize);
  }

  public TenantFilter withPageSize(int pageSize) {
    return new TenantFilter(prefix, labels, state, pageSize);
  }

  /// As the part of an address behind the `?`.
  String query() {
    StringBuilder query = new StringBuilder("limit=").append(pageSize);
    if (!prefix.isEmpty()) {
      query.append("&prefix=").append(Paths.encoded(prefix));
    }
    labels.forEach(
        (key, value) -> query.append("&label=").append(Paths.encoded(key + ":" + value)));
    if (state != null) {
      query.append("&state=").append(state);
    }
    return query.toString();
  }
}
