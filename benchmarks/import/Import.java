import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The client of `benchmarks/import-1gb`: writes the file, uploads it by the link that `init` gives, has it imported and
/// asks until it is done.
final class Import {
  private static final long BYTES = 1_000_000_000L;
  private static final String WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor ";

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final String token;

  private Import(String url, String token) {
    this.url = url;
    this.token = token;
  }

  public static void main(String[] arguments) throws Exception {
    long controlPlane = Long.parseLong(arguments[2]);
    boolean given = !arguments[4].isEmpty();
    Path file = Path.of(given ? arguments[4] : arguments[3]);
    if (!given) {
      write(file);
    }
    new Import(arguments[0], arguments[1]).run(file, controlPlane);
  }

  private static void write(Path file) throws IOException {
    var random = new Random(1);
    long bytes = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, price REAL, name TEXT, note TEXT, picture BLOB);\n");
      for (int i = 0; bytes < BYTES; i++) {
        String note = random.nextInt(10) == 0 ? "NULL" : "'" + WORDS.repeat(9).substring(random.nextInt(60)) + "'";
        String row =
            String.format(
                Locale.ROOT,
                "INSERT INTO t(id, n, price, name, note, picture) VALUES(%d, %d, %.2f, 'it''s %d', %s, X'%s');%n",
                i, random.nextInt(), random.nextDouble() * 1000, i, note, "00ff17".repeat(random.nextInt(30)));
        out.write(row);
        bytes += row.length();
      }
      out.write("CREATE INDEX t_name ON t(name);\n");
    }
  }

  private void run(Path file, long controlPlane) throws Exception {
    make("/v1/pools", "{\"name\":\"imp\"}");
    String database = "/client/v4/accounts/imp/d1/database";
    make(database, "{\"name\":\"a\"}");
    String md5 = md5(file);
    String init = call("POST", database + "/a/import", "{\"action\":\"init\",\"etag\":\"%s\"}".formatted(md5));
    long start = System.nanoTime();
    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(find("\"upload_url\":\"([^\"]+)\"", init))).PUT(BodyPublishers.ofFile(file)).build();
    int status = http.send(upload, BodyHandlers.discarding()).statusCode();
    System.out.printf("file %d bytes, upload %d in %.1f s%n", Files.size(file), status, since(start));
    start = System.nanoTime();
    String answer =
        call("POST", database + "/a/import", "{\"action\":\"ingest\",\"etag\":\"%s\",\"filename\":\"x\"}".formatted(md5));
    while (answer.contains("\"status\":\"active\"")) {
      String bookmark = find("\"at_bookmark\":\"([^\"]+)\"", answer);
      answer =
          call("POST", database + "/a/import", "{\"action\":\"poll\",\"current_bookmark\":\"%s\"}".formatted(bookmark));
    }
    System.out.printf("import in %.1f s: %s%n", since(start), answer);
    tell("control plane", controlPlane);
    ProcessHandle.of(controlPlane).orElseThrow().children()
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .forEach(child -> tell("node", child.pid()));
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void tell(String who, long pid) {
    try {
      String status = Files.readString(Path.of("/proc/" + pid + "/status"));
      System.out.printf("%s: peak memory %d MB%n", who, Long.parseLong(find("VmHWM:\\s*(\\d+)", status)) / 1024);
    } catch (IOException e) {
      System.out.printf("%s: gone%n", who);
    }
  }

  // Until PostgreSQL, the control plane and a node are there.
  private void make(String path, String body) throws Exception {
    for (int i = 0; i < 240; i++) {
      try {
        call("POST", path, body);
        return;
      } catch (IOException | IllegalStateException e) {
        Thread.sleep(Duration.ofMillis(500));
      }
    }
    throw new IllegalStateException("the server does not become ready");
  }

  private String call(String method, String path, String body) throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.header("Authorization", "Bearer " + token).build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static String md5(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("MD5");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      byte[] buffer = new byte[1 << 20];
      while (in.read(buffer) >= 0) {}
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String find(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return found.group(1);
  }
}
