package dev.burgage.node.feed;

import dev.burgage.node.binding.BindingLookup;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.Join;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// The control plane as this node sees it. Thread-safe.
public final class ControlPlane implements BindingLookup {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration TELL_TIMEOUT = Duration.ofSeconds(10);

  private final URI base;
  private final String token;
  // Bytes go into a buffer and a waiting thread is woken, nothing more: no thread need come
  // between.
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .executor(Runnable::run)
          .build();

  /// @param url of the control plane
  /// @param token the node's own
  public ControlPlane(URI url, NodeName self, String token) {
    this.base = URI.create(url.toString().replaceAll("/+$", "") + "/v1/nodes/" + self + "/");
    this.token = token;
  }

  /// Joins the stream; the answer's lines come as long as both live.
  InputStream join(Join join) throws IOException, InterruptedException {
    HttpRequest request =
        request("feed").POST(BodyPublishers.ofByteArray(Json.bytes(join))).build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (InputStream body = response.body()) {
        String text = new String(body.readNBytes(2_000), StandardCharsets.UTF_8);
        throw new IOException("HTTP " + response.statusCode() + ": " + text);
      }
    }
    return response.body();
  }

  /// Tells the control plane by what this node serves.
  void acknowledge(Acknowledgement served) throws IOException, InterruptedException {
    HttpRequest request =
        request("acknowledgement")
            .timeout(LOOKUP_TIMEOUT)
            .POST(BodyPublishers.ofByteArray(Json.bytes(served)))
            .build();
    int status = http.send(request, BodyHandlers.discarding()).statusCode();
    if (status >= 300) {
      throw new IOException("HTTP " + status);
    }
  }

  /// Tells what became of databases that were migrated when they were first used.
  ///
  /// @return false if nobody wants to know of that rollout any more
  /// @throws IOException if it was not heard
  public boolean tellMigrated(UUID rollout, ApplyOutcomes outcomes)
      throws IOException, InterruptedException {
    HttpRequest request =
        request("migrated/" + rollout)
            .timeout(TELL_TIMEOUT)
            .POST(BodyPublishers.ofByteArray(Json.bytes(outcomes)))
            .build();
    int status = http.send(request, BodyHandlers.discarding()).statusCode();
    return switch (status) {
      case 200, 204 -> true;
      case 404, 409 -> false;
      default -> throw new IOException("HTTP " + status);
    };
  }

  @Override
  public @Nullable Binding ask(PoolName pool, TenantId tenant) {
    HttpRequest request =
        request("bindings/" + pool + "/" + tenant).timeout(LOOKUP_TIMEOUT).GET().build();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      return switch (response.statusCode()) {
        case 200 -> Json.read(response.body(), Binding.class);
        case 404 -> null;
        default -> throw notReady(tenant, "it answered HTTP " + response.statusCode(), null);
      };
    } catch (IOException | JacksonException e) {
      throw notReady(tenant, e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady(tenant, "this node is stopping", e);
    }
  }

  private static BurgageException notReady(TenantId tenant, String why, @Nullable Exception cause) {
    String detail =
        "This node does not know tenant %s and cannot ask the control plane now (%s). Try again."
            .formatted(tenant, why);
    return cause == null
        ? new BurgageException(ErrorCode.NOT_READY, detail)
        : new BurgageException(ErrorCode.NOT_READY, detail, cause);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json");
  }
}
