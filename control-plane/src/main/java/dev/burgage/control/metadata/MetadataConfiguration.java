package dev.burgage.control.metadata;

import dev.burgage.control.folder.DataFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Gives Spring its connection: to the operator's server, or to one that is running when this
/// returns.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MetadataSettings.class)
class MetadataConfiguration {
  /// The connection. It owns the embedded server, so that the server stops after all that uses it.
  @Bean(destroyMethod = "close")
  MetadataConnection metadataConnection(MetadataSettings settings, DataFolder folder) {
    String url = settings.url();
    if (url != null && !settings.isEmbedded()) {
      return new MetadataConnection(
          url, orEmpty(settings.user()), orEmpty(settings.password()), Optional.empty());
    }
    Path home = folder.resolve("postgres");
    Path binaries = settings.binaries();
    var server =
        new PostgresServer(
            home, binaries == null ? home : binaries, List.of("fsync=on", "synchronous_commit=on"));
    server.start();
    return new MetadataConnection(
        server.url(),
        PostgresServer.USER,
        server.password(),
        Optional.of(new PostgresWatcher(server)));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /// Where the metadata is, and what must be closed with it.
  record MetadataConnection(
      String url, String user, String secret, Optional<PostgresWatcher> watcher)
      implements JdbcConnectionDetails, AutoCloseable {
    @Override
    public String getJdbcUrl() {
      return url;
    }

    @Override
    public String getUsername() {
      return user;
    }

    @Override
    public String getPassword() {
      return secret;
    }

    @Override
    public String toString() {
      return url;
    }

    @Override
    public void close() {
      watcher.ifPresent(PostgresWatcher::close);
    }
  }
}
