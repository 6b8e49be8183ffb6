package dev.burgage.client;

import dev.burgage.protocol.Revision;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;

/// Sends requests with the token, repeats those that surely were not carried out, and keeps the
/// newest revision. Thread-safe.
final class Connection implements AutoCloseable {
  private static final Duration ASKED_PAUSE_MAX = Duration.ofSeconds(60);

  private final HttpClient http;
  private final String authorization;
  private final Duration requestTimeout;
  private final BodyHandler<byte[]> limitedBody;
  private final Duration retryFor;
  private final Pacing pacing;
  private final AtomicReference<Revision> revision = new AtomicReference<>(Revision.NONE);

  Connection(
      HttpClient http,
      String token,
      Duration requestTimeout,
      long answerBytesMax,
      Duration retryFor,
      Pacing pacing) {
    this.http = http;
    this.authorization = "Bearer " + token;
    this.requestTimeout = requestTimeout;
    this.limitedBody = BodyHandlers.limiting(BodyHandlers.ofByteArray(), answerBytesMax);
    this.retryFor = retryFor;
    this.pacing = pacing;
  }

  Pacing pacing() {
    return pacing;
  }

  Revision revision() {
    return revision.get();
  }

  void seen(Revision seen) {
    revision.accumulateAndGet(seen, (a, b) -> a.compareTo(b) >= 0 ? a : b);
  }

  /// Sends the call until it has an outcome that another attempt would not better, or time is over.
  Outcome send(Call call) {
    Pacing.Pauses pauses = pacing.pausesFor(retryFor);
    while (true) {
      Outcome outcome = attempt(call);
      if (!mayBeRepeated(call, outcome) || !pauses.next(pauseAskedFor(outcome))) {
        return outcome;
      }
    }
  }

  private static boolean mayBeRepeated(Call call, Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotSent _ -> true;
      case Outcome.Lost lost ->
          call.repeatable() && !(lost.cause() instanceof InterruptedException);
      case Outcome.Answered answer -> !answer.isGood() && Failure.of(answer).code().retryable();
    };
  }

  // Retry-After in seconds; its other form, a date, is not used between machines that may disagree
  // about the time.
  private static Duration pauseAskedFor(Outcome outcome) {
    if (!(outcome instanceof Outcome.Answered answer)) {
      return Duration.ZERO;
    }
    String text = answer.header("Retry-After").orElse("");
    if (text.isEmpty() || text.length() > 6 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ZERO;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(ASKED_PAUSE_MAX) < 0 ? asked : ASKED_PAUSE_MAX;
  }

  // HttpRequest.timeout() ends with the headers of the answer; this bound holds for its body too.
  private Outcome attempt(Call call) {
    CompletableFuture<HttpResponse<byte[]>> pending = http.sendAsync(request(call), limitedBody);
    try {
      return new Outcome.Answered(pending.get(requestTimeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      return failed(e.getCause() instanceof Exception cause ? cause : e);
    } catch (TimeoutException e) {
      pending.cancel(true);
      return new Outcome.Lost(new IOException("no whole answer within " + requestTimeout, e));
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      return new Outcome.Lost(e);
    }
  }

  private static Outcome failed(Exception cause) {
    boolean neverLeft =
        cause instanceof ConnectException
            || cause instanceof HttpConnectTimeoutException
            || cause instanceof SSLHandshakeException;
    return neverLeft ? new Outcome.NotSent(cause) : new Outcome.Lost(cause);
  }

  private HttpRequest request(Call call) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri()).header("Authorization", authorization);
    call.headers().forEach(request::header);
    if (call.body().contentLength() > 0) {
      request.header("Content-Type", "application/json");
    }
    return request.method(call.method(), call.body()).build();
  }

  @Override
  public void close() {
    http.close();
  }
}
