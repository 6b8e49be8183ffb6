package dev.burgage.control.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How large a request body may be, by what it is for.
@ConfigurationProperties("burgage.body-limits")
record BodyLimits(
    @DefaultValue("1MB") DataSize usual,
    @DefaultValue("10MB") DataSize query,
    @DefaultValue("16MB") DataSize migrations,
    @DefaultValue("5GB") DataSize upload) {
  /// @param path normalised, without the query string
  DataSize of(String path) {
    if (path.endsWith("/query") || path.endsWith("/execute") || path.endsWith("/raw")) {
      return query;
    }
    if (path.startsWith("/client/v4/uploads/")
        || (path.startsWith("/v1/pools/") && path.endsWith("/import"))) {
      return upload;
    }
    return path.endsWith("/migrations") || path.endsWith("/migrations/lint") ? migrations : usual;
  }
}
