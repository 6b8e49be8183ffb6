package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.node.ExportOrder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// SQLite files that others have made, from a folder that `-Dpublic.databases` names
/// (`docs/public-databases.md` has a list of them): each comes in, leaves in every form, comes in
/// again, and is what it was. A file with a `<name>.refused` beside it is refused in these words.
@EnabledIfSystemProperty(named = "public.databases", matches = ".+")
class PublicDatabasesTest {
  private static final ExportOrder ALL = new ExportOrder(false, false, List.of(), false);
  private static final String REFUSED = ".refused";

  @TempDir private Path folder = Path.of("");
  @TempDir private Path files = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private TransferClient transfers;

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("public.databases", "")))) {
      return all.filter(file -> !file.toString().endsWith(REFUSED)).sorted().toList();
    }
  }

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    transfers = new TransferClient(node, folder);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatOthersHaveMadeComesBackAsItWas(Path original) throws Exception {
    JsonNode end = load("one", original);
    Path refused = Path.of(original + REFUSED);
    if (Files.exists(refused)) {
      assertThat(end.path("error").asString()).contains(Files.readString(refused).strip());
      return;
    }
    RoundTripTest.complete(end);
    Map<String, String> wanted = Contents.of(original);
    assertThat(wanted).isNotEmpty();

    Path file = export("one", "db");
    assertThat(Contents.of(file)).isEqualTo(wanted);

    RoundTripTest.complete(load("from-file", file));
    assertThat(Contents.of(export("from-file", "db"))).isEqualTo(wanted);

    RoundTripTest.complete(load("from-sql", export("one", "sql")));
    assertThat(Contents.of(export("from-sql", "db"))).isEqualTo(wanted);

    if (wanted.values().stream().noneMatch(text -> text.contains("CREATE VIRTUAL TABLE"))) {
      node.provision("from-d1");
      RoundTripTest.complete(transfers.load("from-d1", transfers.export("one", ALL)));
      assertThat(Contents.of(export("from-d1", "db"))).isEqualTo(wanted);
    }
  }

  private JsonNode load(String tenant, Path file) throws IOException {
    node.provision(tenant);
    return transfers.load(tenant, Files.readAllBytes(file));
  }

  private Path export(String tenant, String format) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                node.url()
                    .resolve(
                        "/node/v1/pools/shop/tenants/%s/export?format=%s"
                            .formatted(tenant, format)))
            .header("Authorization", "Bearer " + node.controlPlane.orderToken())
            .build();
    Path target = files.resolve(tenant + "." + format);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<Path> answer = http.send(request, BodyHandlers.ofFile(target));
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    }
  }
}
