package dev.burgage.node.snapshot;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import tools.jackson.core.JacksonException;

/// One tenant's database on its way to a developer's disk. The file as it came is in a folder that
/// only its owner may read, and goes whatever happens; what is left behind is a copy of the masked
/// database that holds nothing else.
final class Snapshot {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  private static final Duration ANSWER_MAX = Duration.ofMinutes(15);
  private static final int OK = 200;

  private final Wanted wanted;

  /// What to bring.
  ///
  /// @param from a control plane
  /// @param token may read the tenant
  /// @param to the file, which is not there
  record Wanted(URI from, String token, PoolName pool, TenantId tenant, Path to, MaskRules rules) {}

  Snapshot(Wanted wanted) {
    this.wanted = wanted;
  }

  /// @return bytes of the file
  /// @throws IllegalArgumentException if a rule does not fit; no file is left then
  long take() throws IOException, InterruptedException, SQLException {
    Path to = wanted.to().toAbsolutePath();
    if (Files.exists(to)) {
      throw new IllegalArgumentException(to + " is there already; remove it or name another file");
    }
    Path folder = Files.createDirectories(to.resolveSibling("."));
    // In the same file system, so that the last step is a rename.
    Path own =
        Files.createTempDirectory(
            folder,
            ".snapshot-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Path raw = own.resolve("raw.db");
      download(raw);
      Path masked = own.resolve("masked.db");
      mask(own, raw, masked);
      Files.move(masked, to, StandardCopyOption.ATOMIC_MOVE);
      return Files.size(to);
    } finally {
      delete(own);
    }
  }

  private void download(Path raw) throws IOException, InterruptedException {
    String base = wanted.from().toString().replaceAll("/+$", "");
    URI uri =
        URI.create(
            "%s/v1/pools/%s/tenants/%s/export?format=db"
                .formatted(base, wanted.pool(), wanted.tenant()));
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_MAX)
            .header("Authorization", "Bearer " + wanted.token())
            .build();
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build()) {
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream content = answer.body()) {
        if (answer.statusCode() != OK) {
          throw new IOException(refusal(answer.statusCode(), content.readNBytes(10_000)));
        }
        try (OutputStream out = Files.newOutputStream(raw)) {
          content.transferTo(out);
        }
      }
      long length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
      if (length >= 0 && Files.size(raw) != length) {
        throw new IOException(
            "%s sent %d of %d bytes; repeat the command"
                .formatted(wanted.from(), Files.size(raw), length));
      }
    }
  }

  private String refusal(int status, byte[] body) {
    try {
      return "%s answered %d: %s"
          .formatted(wanted.from(), status, Json.read(body, Problem.class).detail());
    } catch (JacksonException e) {
      return "%s answered %d".formatted(wanted.from(), status);
    }
  }

  private void mask(Path own, Path raw, Path masked) throws SQLException {
    Guard guard = Guard.of("enforced", own);
    try (GuardedConnection guarded = guard.open(new SQLiteConfig(), "jdbc:sqlite:" + raw)) {
      guarded.as(
          Policy.TRUSTED,
          connection -> {
            try (PreparedStatement unsafe =
                connection.prepareStatement("PRAGMA trusted_schema = OFF")) {
              unsafe.execute();
            }
            if (!wanted.rules().rules().isEmpty()) {
              new Masking(connection).apply(wanted.rules());
            }
            // A copy of the rows, so nothing of what they were is in it.
            try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
              vacuum.setString(1, masked.toString());
              vacuum.execute();
            }
            return true;
          });
    }
    requireSound(guard, masked);
  }

  private static void requireSound(Guard guard, Path file) throws SQLException {
    try (GuardedConnection guarded = guard.open(new SQLiteConfig(), "jdbc:sqlite:" + file)) {
      guarded.as(
          Policy.TRUSTED,
          connection -> {
            try (PreparedStatement check =
                    connection.prepareStatement("PRAGMA integrity_check(1)");
                ResultSet rows = check.executeQuery()) {
              if (!rows.next() || !"ok".equals(rows.getString(1))) {
                throw new SQLException("the snapshot is damaged: " + rows.getString(1));
              }
              return true;
            }
          });
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
