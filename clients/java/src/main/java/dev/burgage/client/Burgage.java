package dev.burgage.client;

import dev.burgage.d1.DbPool;
import dev.burgage.d1.Env;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// A connection to a cell: to its control plane, or to one of its nodes. A process needs one for
/// each cell; it keeps TCP connections open between requests. Thread-safe.
///
/// ```java
/// try (Burgage burgage = Burgage.connect(URI.create("http://127.0.0.1:8787"), token)) {
///   burgage.tenants("shop").create("acme");
///   Env env = burgage.env("shop");
///   env.DB_POOL.get("acme").prepare("SELECT * FROM orders WHERE id = ?").bind(7).first();
/// }
/// ```
///
/// **Reading your provisioning.** Answers to administration carry a revision. The connection keeps
/// the newest one and sends it with every query, so a node that has not yet heard of the tenant
/// that was just created waits for it rather than calling it unknown.
///
/// **Repeating.** A request that surely was not carried out (no connection, or an answer that says
/// so: see [dev.burgage.protocol.error.ErrorCode#retryable()]) is sent again with growing, random
/// pauses until [Builder#retryFor(Duration)] is over. Any other failed statement is not sent twice,
/// because it may have had its effect.
public final class Burgage implements AutoCloseable {
  private final Connection connection;
  private final URI queryUrl;
  private final Administration administration;

  Burgage(Connection connection, URI url, URI queryUrl) {
    this.connection = connection;
    this.queryUrl = queryUrl;
    this.administration = new Administration(connection, url);
  }

  /// `builder(url, token).build()`.
  ///
  /// @throws IllegalArgumentException if it is not an absolute http or https URL, or not a token
  public static Burgage connect(URI url, String token) {
    return builder(url, token).build();
  }

  /// @param url of the control plane or a node, with or without a path in front of `/v1`
  /// @param token a bearer token of the cell
  public static Builder builder(URI url, String token) {
    return new Builder(url, token);
  }

  /// The databases of a pool. Asks nobody.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal pool name
  public DbPool pool(String pool) {
    return DbPool.over(new QueryTransport(connection, queryUrl, new PoolName(pool)));
  }

  /// What a Worker knows as `env`, bound to this pool.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal pool name
  public Env env(String pool) {
    return new Env(pool(pool));
  }

  /// The pools of the cell.
  public Pools pools() {
    return new Pools(administration);
  }

  /// The tenants of a pool.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal pool name
  public Tenants tenants(String pool) {
    return new Tenants(administration, new PoolName(pool));
  }

  /// The migrations that are registered to a pool.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal pool name
  public Migrations migrations(String pool) {
    return new Migrations(administration, new PoolName(pool));
  }

  /// The rollouts of a pool.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal pool name
  public Rollouts rollouts(String pool) {
    return new Rollouts(administration, new PoolName(pool), connection.pacing());
  }

  /// The newest revision that an answer carried; [Revision#NONE] before the first. Hand it to
  /// another process's [#seen(Revision)] when that one is to query what this one created.
  public Revision revision() {
    return connection.revision();
  }

  /// Makes later queries wait for this revision too. An older one than [#revision()] changes
  /// nothing.
  public void seen(Revision revision) {
    connection.seen(revision);
  }

  /// Waits for requests under way, each of which is bounded by its timeout, and closes the
  /// connections.
  @Override
  public void close() {
    connection.close();
  }

  /// Options of a connection. Not thread-safe.
  public static final class Builder {
    private final URI url;
    private final String token;
    private URI queryUrl;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(60);
    private Duration retryFor = Duration.ofSeconds(5);
    private long answerBytesMax = 256L * 1024 * 1024;

    private Builder(URI url, String token) {
      this.url = checkUrl(url);
      this.queryUrl = this.url;
      this.token = checkToken(token);
    }

    /// Where queries go, when administration and queries have different addresses: a node, or the
    /// load balancer of the nodes. The default is the URL of the connection; a control plane
    /// forwards queries to the nodes.
    public Builder queryUrl(URI queryUrl) {
      this.queryUrl = checkUrl(queryUrl);
      return this;
    }

    /// How long making a TCP connection may take; 5 s if not set.
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = checkPositive("connectTimeout", connectTimeout);
      return this;
    }

    /// How long one attempt may take, from the connection to the last byte of the answer; 60 s if
    /// not set. Longer than the tenants' `statementMillisMax`, else the outcome of slow writes is
    /// not known.
    public Builder requestTimeout(Duration requestTimeout) {
      this.requestTimeout = checkPositive("requestTimeout", requestTimeout);
      return this;
    }

    /// How long after its first attempt a request may be sent again, if it surely was not carried
    /// out; 5 s if not set, zero for never.
    public Builder retryFor(Duration retryFor) {
      if (retryFor.isNegative()) {
        throw new IllegalArgumentException("retryFor must not be negative; got " + retryFor);
      }
      this.retryFor = retryFor;
      return this;
    }

    /// The longest answer that is taken; 256 MiB if not set. It is held in memory as a whole.
    public Builder answerBytesMax(long answerBytesMax) {
      if (answerBytesMax < 1) {
        throw new IllegalArgumentException(
            "answerBytesMax must be at least 1; got " + answerBytesMax);
      }
      this.answerBytesMax = answerBytesMax;
      return this;
    }

    /// The connection. It opens no TCP connection before its first request.
    public Burgage build() {
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connectTimeout)
              .build();
      Pacing pacing =
          new Pacing(
              System::nanoTime,
              pause -> Thread.sleep(pause),
              () -> RandomGenerator.getDefault().nextDouble());
      Connection connection =
          new Connection(http, token, requestTimeout, answerBytesMax, retryFor, pacing);
      return new Burgage(connection, url, queryUrl);
    }

    private static URI checkUrl(URI url) {
      String scheme = url.getScheme();
      boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      if (!http || url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
        throw new IllegalArgumentException(
            "url must be http(s)://host[:port][/path] without query or fragment; got \""
                + url
                + "\"");
      }
      return url;
    }

    private static String checkToken(String token) {
      if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new IllegalArgumentException(
            "token must be visible ASCII characters without spaces; got "
                + token.length()
                + " characters, not shown here");
      }
      return token;
    }

    private static Duration checkPositive(String what, Duration duration) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException(what + " must be more than zero; got " + duration);
      }
      return duration;
    }
  }
}
