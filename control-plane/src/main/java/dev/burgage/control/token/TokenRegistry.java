package dev.burgage.control.token;

import dev.burgage.control.access.Caller;
import dev.burgage.control.access.IssuedTokens;
import dev.burgage.control.access.TokenDigest;
import dev.burgage.control.access.Tokens;
import dev.burgage.control.metadata.MetadataCopy;
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

/// The tokens that were made through the API. Requests and streams look at a [MetadataCopy].
/// Thread-safe.
@Component
public class TokenRegistry implements IssuedTokens {
  private static final String PREFIX = "bgt.";

  /// How long an expired token is still listed, so that somebody can see why it is refused.
  private static final Duration EXPIRED_KEPT = Duration.ofDays(1);

  private final TokenRows rows;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final MetadataCopy<All> copy;

  TokenRegistry(TokenRows rows, TransactionTemplate transaction, Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
    this.copy = new MetadataCopy<>(clock, this::read);
  }

  private record All(TokenList list, Map<String, Token> byDigest) {}

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
    copy.forget();
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
    copy.forget();
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
    return copy.get().list();
  }

  // Not asked anew when it is unknown: a stranger could make us ask for each of his guesses.
  @Override
  public Optional<Caller.Holder> find(TokenDigest digest) {
    Token token = copy.get().byDigest().get(digest.hex());
    Instant now = clock.instant();
    return Optional.ofNullable(token)
        .filter(known -> known.expiresAt() == null || now.isBefore(known.expiresAt()))
        .map(known -> new Caller.Holder(known.id().toString(), known.scope(), known.right()));
  }

  private All read(@Nullable All known) {
    if (known != null && known.list().edition() == rows.edition()) {
      return known;
    }
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
    return new All(new TokenList(all.edition(), grants), byDigest);
  }
}
