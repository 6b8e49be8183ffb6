package dev.burgage.client;

import java.net.http.HttpResponse;
import java.util.Optional;

/// What became of a request.
sealed interface Outcome {
  /// There is an answer, good or bad.
  record Answered(HttpResponse<byte[]> response) implements Outcome {
    int status() {
      return response.statusCode();
    }

    byte[] body() {
      return response.body();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    boolean isGood() {
      return status() >= 200 && status() < 300;
    }
  }

  /// It never left: nothing was carried out.
  record NotSent(Exception cause) implements Outcome {}

  /// It left, and no whole answer came: it may have been carried out or not.
  record Lost(Exception cause) implements Outcome {}
}
