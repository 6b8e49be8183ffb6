import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.function.IntFunction;

/// Puts rows of databases into the metadata of a running `burgage dev` and measures how long
/// Cloudflare's lists and look-ups take over them. benchmarks/list-databases starts it.
class ListDatabases {
  private static final int DATABASES = 100_000;
  private static final int TIMES = 200;
  private static final String INSERT =
      """
      insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
        labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
      select ?, 'db-' || lpad(i::text, 6, '0'), gen_random_uuid(), 'sqlite', (select name from node limit 1), 1, 1,
        'active', '', '{}', 1000000, 1000, '', now(), now() from generate_series(0, ?) i
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String token;

  private ListDatabases(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /// @param args address, data folder, admin token
  public static void main(String[] args) throws Exception {
    var run = new ListDatabases(args[0], args[2]);
    String pool = "lists-" + System.currentTimeMillis();
    run.send("/v1/pools", "{\"name\":\"%s\"}".formatted(pool));
    fill(Path.of(args[1]).resolve("postgres"), pool);
    run.measure("/client/v4/accounts/" + pool + "/d1/database");
  }

  private static void fill(Path postgres, String pool) throws Exception {
    String port = Files.readString(postgres.resolve("port")).strip();
    String password = Files.readString(postgres.resolve("password")).strip();
    String jdbc = "jdbc:postgresql://127.0.0.1:" + port + "/burgage";
    try (Connection connection = DriverManager.getConnection(jdbc, "burgage", password);
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, pool);
      insert.setInt(2, DATABASES - 1);
      System.out.println(insert.executeUpdate() + " databases");
      connection.createStatement().execute("vacuum analyze binding");
    }
  }

  private void measure(String databases) throws Exception {
    String page = databases + "?per_page=10&page=";
    report("warm-up", i -> page + (1 + i % 100));
    report("page 1", _ -> page + 1);
    report("page 50", _ -> page + 50);
    report("page 10,000, out of the blue", _ -> page + 10_000); // its start is never known
    report("pages 9,801 to 10,000, each after the one before", i -> page + (9_801 + i));
    report("by name (newer wranglers)", i -> databases + "/db-%06d?fields=uuid,name".formatted(i * 499));
    report("?name= of one", i -> databases + "?name=db-%06d".formatted(i * 499));
    report("?name= of 1,000", _ -> databases + "?name=db-050");
  }

  private void report(String what, IntFunction<String> path) throws Exception {
    long[] micros = new long[TIMES];
    for (int i = 0; i < TIMES; i++) {
      long start = System.nanoTime();
      send(path.apply(i), null);
      micros[i] = (System.nanoTime() - start) / 1_000;
    }
    double first = micros[0] / 1e3;
    Arrays.sort(micros);
    System.out.printf(
        "%-50s first %7.1f ms  p50 %7.1f ms  p99 %7.1f ms%n",
        what, first, micros[TIMES / 2] / 1e3, micros[TIMES * 99 / 100] / 1e3);
  }

  private void send(String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json");
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    var answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 300 || body == null && !answer.body().contains("db-")) {
      throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
    }
  }
}
