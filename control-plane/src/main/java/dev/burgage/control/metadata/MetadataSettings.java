package dev.burgage.control.metadata;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Which PostgreSQL holds the metadata.
///
/// @param url JDBC URL of a server that the operator runs; null or empty starts one under the data
///   folder
/// @param user for that server
/// @param password for that server
/// @param binaries folder that keeps PostgreSQL's unpacked programs; null for the data folder
@ConfigurationProperties("burgage.metadata")
record MetadataSettings(
    @Nullable String url,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path binaries) {
  boolean isEmbedded() {
    return url == null || url.isBlank();
  }
}
