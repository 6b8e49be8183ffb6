package dev.burgage.control.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/tokens")
@Tag(name = "Tokens")
class TokenController {
  private static final int LIMIT_MAX = 1_000;

  private final TokenRegistry registry;
  private final TokenDelivery delivery;
  private final Clock clock;

  TokenController(TokenRegistry registry, TokenDelivery delivery, Clock clock) {
    this.registry = registry;
    this.delivery = delivery;
    this.clock = clock;
  }

  @PostMapping
  @Operation(
      summary = "Make a token",
      description =
          "The answer is the only place where its secret is ever shown. Nodes that are connected"
              + " take it by then. A tenant's tokens end when the tenant is purged or another takes"
              + " its name, a pool's when the pool is deleted.")
  ResponseEntity<TokenView> make(@RequestBody NewTokenRequest request) {
    Token token = request.checked(clock);
    String secret = registry.make(token);
    delivery.deliver(registry.edition());
    return ResponseEntity.created(URI.create("/v1/tokens/" + token.id()))
        .body(TokenView.of(token, secret));
  }

  @GetMapping
  @Operation(
      summary = "List tokens, the oldest first",
      description =
          "Give `next` back as `cursor` for the page after; it is null on the last. An expired one"
              + " is listed for a day, or longer while no new one is made.")
  TokenPage list(
      @Parameter(description = "1 to 1000.") @RequestParam(defaultValue = "100") int limit,
      @RequestParam Optional<String> cursor) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "limit must be between 1 and %d; got %d".formatted(LIMIT_MAX, limit));
    }
    TokenCursor after = cursor.map(TokenCursor::parse).orElse(TokenCursor.START);
    List<Token> found = registry.page(after, limit + 1);
    List<Token> page = found.stream().limit(limit).toList();
    String next = found.size() > limit ? TokenCursor.of(page.getLast()).toString() : null;
    return new TokenPage(
        page.stream().map(token -> TokenView.of(token, /* secret= */ null)).toList(), next);
  }

  @GetMapping("/{id}")
  @Operation(summary = "Get a token, without its secret")
  TokenView get(@PathVariable UUID id) {
    return TokenView.of(registry.get(id), /* secret= */ null);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary = "Withdraw a token",
      description =
          "Nodes that are connected refuse it by then, others when they are connected again.")
  void withdraw(@PathVariable UUID id) {
    registry.withdraw(id);
    delivery.deliver(registry.edition());
  }

  @Schema(description = "Tokens in the order of their making.")
  record TokenPage(
      List<TokenView> tokens, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String next) {}
}
