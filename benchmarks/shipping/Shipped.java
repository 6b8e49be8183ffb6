import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes to one database in a hundred each minute, and looks at the node meanwhile.
public final class Shipped {
  private static final int CREATORS = 8;
  private static final Duration SAMPLE = Duration.ofMillis(200);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String controlPlane;
  private final String node;
  private final String token;
  private final int tenants;

  private Shipped(String[] arguments) {
    controlPlane = arguments[0];
    node = arguments[1];
    token = arguments[2];
    tenants = Integer.parseInt(arguments[3]);
  }

  /// @param arguments URLs of control plane and node, token, tenants, minutes
  public static void main(String[] arguments) throws Exception {
    Shipped shipped = new Shipped(arguments);
    shipped.awaitReady();
    shipped.create();
    shipped.write(Integer.parseInt(arguments[4]));
  }

  private void awaitReady() throws Exception {
    for (int i = 0; i < 600; i++) {
      try {
        if (send(controlPlane + "/actuator/health/readiness", null).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      Thread.sleep(500);
    }
    throw new IOException("the server does not become ready");
  }

  private HttpResponse<String> send(String url, String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json");
    if (body != null) {
      request.POST(BodyPublishers.ofString(body));
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void say(String url, String body) throws IOException {
    for (int attempt = 1; ; attempt++) {
      HttpResponse<String> answer = send(url, body);
      if (answer.statusCode() / 100 == 2) {
        return;
      }
      if (attempt == 5) {
        throw new IOException(answer.statusCode() + " " + answer.body());
      }
    }
  }

  private void create() throws Exception {
    String pools = controlPlane + "/v1/pools";
    say(pools, "{\"name\":\"shop\"}");
    say(
        pools + "/shop/migrations",
        """
        {"migrations":[{"name":"V1__entry.sql",
         "sql":"CREATE TABLE entry(id INTEGER PRIMARY KEY, v TEXT)"}]}""");
    long start = System.nanoTime();
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(CREATORS)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < CREATORS; i++) {
        Callable<Void> task =
            () -> {
              for (int n = next.getAndIncrement(); n < tenants; n = next.getAndIncrement()) {
                say(pools + "/shop/tenants", "{\"id\":\"t%d\"}".formatted(n));
              }
              return null;
            };
        all.add(threads.submit(task));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%,d tenants in %.0f s (%.0f/s)%n", tenants, seconds, tenants / seconds);
  }

  private void write(int minutes) throws Exception {
    long pid = pid();
    System.out.println("  minute  writes  descriptors  threads  RSS MiB  lag: s p99, s most, KiB now  slices");
    look(pid, 0, 0, List.of(0.0));
    Random random = new Random(1);
    for (int minute = 1; minute <= minutes; minute++) {
      int writes = Math.max(1, tenants / 100);
      List<Double> lags = Collections.synchronizedList(new ArrayList<>());
      Thread sampler = Thread.ofPlatform().daemon().start(() -> sample(lags));
      long start = System.nanoTime();
      for (int i = 0; i < writes; i++) {
        long due = start + i * 60_000_000_000L / writes;
        long wait = (due - System.nanoTime()) / 1_000_000;
        if (wait > 0) {
          Thread.sleep(wait);
        }
        say(
            node + "/v1/pools/shop/tenants/t" + random.nextInt(tenants) + "/query",
            "{\"sql\":\"INSERT INTO entry(v) VALUES ('%d')\"}".formatted(i));
      }
      sampler.interrupt();
      sampler.join();
      look(pid, minute, writes, lags);
    }
  }

  private void sample(List<Double> lags) {
    try {
      while (true) {
        Thread.sleep(SAMPLE);
        lags.add(metric("burgage_node_store_lag_seconds"));
      }
    } catch (InterruptedException | IOException e) {
      return; // the minute is over
    }
  }

  private double metric(String name) throws IOException {
    Matcher found =
        Pattern.compile("^" + name + "(?:\\{[^}]*})? ([0-9.E+]+)$", Pattern.MULTILINE)
            .matcher(send(node + "/actuator/prometheus", null).body());
    if (!found.find()) {
      throw new IOException("the node has no " + name);
    }
    return Double.parseDouble(found.group(1));
  }

  private void look(long pid, int minute, int writes, List<Double> lags) throws IOException {
    List<Double> sorted = lags.stream().sorted().toList();
    Path process = Path.of("/proc/" + pid);
    try (var descriptors = Files.list(process.resolve("fd"));
        var threads = Files.list(process.resolve("task"))) {
      System.out.printf(
          "  %6d  %6d  %11d  %7d  %7d  %7.0f %7.0f %9.0f  %12.0f%n",
          minute,
          writes,
          descriptors.count(),
          threads.count(),
          rssKib(process) / 1024,
          sorted.get((int) Math.ceil(0.99 * sorted.size()) - 1),
          sorted.getLast(),
          metric("burgage_node_store_lag_bytes") / 1024,
          metric("burgage_node_store_slices_total"));
    }
  }

  private static long rssKib(Path process) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  // The node is the process that listens under our port.
  private long pid() throws IOException {
    String wanted = ":" + "%04X".formatted(URI.create(node).getPort()) + " ";
    String inode = "";
    for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(file))) {
        String[] parts = line.strip().split("\\s+");
        if (parts.length > 9 && parts[3].equals("0A") && (parts[1] + " ").contains(wanted)) {
          inode = "socket:[" + parts[9] + "]";
        }
      }
    }
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try (var descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        for (Path descriptor : descriptors.toList()) {
          if (Files.readSymbolicLink(descriptor).toString().equals(inode)) {
            return process.pid();
          }
        }
      } catch (IOException e) {
        // gone, or not ours
      }
    }
    throw new IOException("no process listens at " + node);
  }
}
