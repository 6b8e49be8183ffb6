package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.ExportOrder;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Imports and exports whole databases of a node, as a control plane does.
record TransferClient(NodeHarness node, Path data) {
  private static final String TENANTS = "/node/v1/pools/shop/tenants/";

  /// @return how it ended
  JsonNode load(String tenant, byte[] content) throws IOException {
    String path = TENANTS + tenant + "/imports/" + md5(content);
    HttpResponse<String> uploaded =
        node.send(
            HttpRequest.newBuilder(node.url().resolve(path))
                .header("Authorization", "Bearer " + node.controlPlane.orderToken())
                .PUT(BodyPublishers.ofByteArray(content))
                .build());
    assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(204);
    return ended(tenant, "imports", json(node.order("POST", path, Map.of())));
  }

  JsonNode load(String tenant, String sql) throws IOException {
    return load(tenant, sql.getBytes(StandardCharsets.UTF_8));
  }

  String export(String tenant, ExportOrder order) throws IOException {
    JsonNode end =
        ended(tenant, "exports", json(node.order("POST", TENANTS + tenant + "/exports", order)));
    assertThat(end.path("status").asString()).as(end.toString()).isEqualTo("complete");
    String file = TENANTS + tenant + "/files/" + end.path("file").asString();
    return node.order("GET", file, Map.of()).body();
  }

  private JsonNode ended(String tenant, String what, JsonNode begun) throws IOException {
    JsonNode now = begun;
    for (int i = 0; i < 120 && now.path("status").asString().equals("active"); i++) {
      String bookmark = now.path("bookmark").asString();
      now = json(node.order("GET", TENANTS + tenant + "/" + what + "/" + bookmark, Map.of()));
    }
    return now;
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.mapper().readTree(answer.body());
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The file of a database.
  Path file(Binding binding) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("databases"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".db"))
          .filter(file -> file.toString().contains(binding.database().toString()))
          .findFirst()
          .orElseThrow();
    }
  }
}
