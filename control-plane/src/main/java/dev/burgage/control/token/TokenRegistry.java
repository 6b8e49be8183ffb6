package dev.burgage.control.token;

import dev.burgage.control.access.Caller;
import dev.burgage.control.access.IssuedTokens;
import dev.burgage.control.access.TokenDigest;
import dev.burgage.control.access.Tokens;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The tokens that were made through the API. Requests and streams look at a copy that is at most a
/// second old, or older while PostgreSQL does not answer. Thread-safe.
@Component
public class TokenRegistry implements IssuedTokens {
  private static final String PREFIX = "bgt.";
  private static final Duration COPY_AGE_MAX = Duration.ofSeconds(1);

  /// How long an expired token is still listed, so that somebody can see why it is refused.
  private static final Duration EXPIRED_KEPT = Duration.ofDays(1);

  private final TokenRows rows;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private volatile @Nullable Copy copy;

  TokenRegistry(TokenRows rows, TransactionTemplate transaction, Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
  }

  private record Copy(TokenList list, Map<String, Token> byDigest, long readAtMillis) {
    Copy readAt(long millis) {
      return new Copy(list, byDigest, millis);
    }
  }

  /// @return the secret; it is kept nowhere
  /// @throws BurgageException `unknown_pool`, `unknown_tenant`, `conflict` if there are too many
  String make(Token token) {
    String secret = Tokens.make(PREFIX);
    boolean made;
    try {
      made =
          Boolean.TRUE.equals(
              transaction.execute(status -> {
                rows.deleteExpired(clock.instant().minus(EXPIRED_KEPT));
                return rows.insert(token, TokenDigest.of(secret));
              }));
    } catch (DataIntegrityViolationException e) {
      if (!String.valueOf(e.getMessage()).contains("token_list_size")) {
        throw unknown(token); // the pool went at the same moment
      }
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "a cell has at most %d tokens; withdraw some (GET /v1/tokens lists them), or let services that see many tenants use a pool's token"
              .formatted(TokenGrant.MAX),
          e);
    }
    if (!made) {
      throw unknown(token);
    }
    forget();
    return secret;
  }

  private static BurgageException unknown(Token token) {
    return token.scope().tenant() == null
        ? new BurgageException(
            ErrorCode.UNKNOWN_POOL,
            "there is no pool \"%s\"; POST /v1/pools makes one".formatted(token.scope().pool()))
        : new BurgageException(
            ErrorCode.UNKNOWN_TENANT,
            "pool \"%s\" has no tenant \"%s\"; make it first, its tokens end with it"
                .formatted(token.scope().pool(), token.scope().tenant()));
  }

  /// @throws BurgageException `not_found`
  void withdraw(UUID id) {
    if (!rows.delete(id)) {
      throw missing(id);
    }
    forget();
  }

  /// @throws BurgageException `not_found`
  Token get(UUID id) {
    return rows.find(id).orElseThrow(() -> missing(id));
  }

  private static BurgageException missing(UUID id) {
    return new BurgageException(ErrorCode.NOT_FOUND, "there is no token \"%s\"".formatted(id));
  }

  List<Token> page(TokenCursor after, int limit) {
    return rows.page(after, limit);
  }

  /// The newest edition of the list.
  long edition() {
    return rows.edition();
  }

  /// All tokens as nodes are told of them.
  public TokenList list() {
    return current().list();
  }

  // Not asked anew when it is unknown: a stranger could make us ask for each of his guesses.
  @Override
  public Optional<Caller.Holder> find(TokenDigest digest) {
    Token token = current().byDigest().get(digest.hex());
    Instant now = clock.instant();
    return Optional.ofNullable(token)
        .filter(known -> known.expiresAt() == null || now.isBefore(known.expiresAt()))
        .map(known -> new Caller.Holder(known.id().toString(), known.scope(), known.right()));
  }

  private void forget() {
    Copy old = copy;
    if (old != null) {
      copy = old.readAt(0);
    }
  }

  private Copy current() {
    Copy known = copy;
    long now = clock.millis();
    if (known != null && now - known.readAtMillis() < COPY_AGE_MAX.toMillis()) {
      return known;
    }
    try {
      Copy fresh = (known == null || isOld(known)) ? read(now) : known.readAt(now);
      copy = fresh;
      return fresh;
    } catch (RuntimeException e) {
      if (known == null) {
        throw e;
      }
      return known;
    }
  }

  private boolean isOld(Copy known) {
    return known.list().edition() != rows.edition();
  }

  private Copy read(long now) {
    TokenRows.All all = rows.all();
    List<TokenGrant> grants =
        all.rows().stream()
            .map(row ->
                new TokenGrant(
                    row.sha256(),
                    row.token().scope(),
                    row.token().right(),
                    row.token().expiresAt()))
            .toList();
    Map<String, Token> byDigest =
        all.rows().stream().collect(Collectors.toMap(TokenRows.Row::sha256, TokenRows.Row::token));
    return new Copy(new TokenList(all.edition(), grants), byDigest, now);
  }
}
