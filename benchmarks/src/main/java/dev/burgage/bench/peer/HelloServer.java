package dev.burgage.bench.peer;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;

/// The node's HTTP server with nothing behind it: a few bytes of JSON. No answer through the same
/// server can cost less.
public final class HelloServer {
  private static final String HELLO = "{\"message\":\"hello world\"}";

  private HelloServer() {}

  public static void main(String[] args) {
    WebServer server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .routing(routing ->
                routing
                    .get("/hello", (_, response) -> json(response))
                    .post(
                        "/hello",
                        (request, response) -> {
                          request.content().as(byte[].class);
                          json(response);
                        }))
            .build()
            .start();
    System.out.println("{\"ready\":\"http://127.0.0.1:" + server.port() + "\"}");
  }

  private static void json(ServerResponse response) {
    response.header("Content-Type", "application/json").send(HELLO);
  }
}
