package dev.burgage.control.cloudflare.user;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.control.access.Caller;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.cloudflare.Page;
import dev.burgage.control.pool.Pool;
import dev.burgage.control.pool.Pools;
import dev.burgage.protocol.binding.TokenScope;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Who asks: the administrator, or whoever holds a token, and the accounts (pools) that it reaches.
@Hidden
@RestController
@RequestMapping("/client/v4")
class UserController {
  private final Pools pools;
  private final Accounts accounts;

  UserController(Pools pools, Accounts accounts) {
    this.pools = pools;
    this.accounts = accounts;
  }

  record Token(String id, String status) {}

  record User(String id, String email) {}

  record Account(
      String id, String name, String type, @JsonProperty("created_on") Instant createdOn) {
    static Account of(Pool pool) {
      return new Account(pool.name().value(), pool.name().value(), "standard", pool.createdAt());
    }
  }

  record Membership(String id, String status, Account account) {
    static Membership of(Pool pool) {
      return new Membership(pool.name().value(), "accepted", Account.of(pool));
    }
  }

  /// Only a valid token gets here.
  @GetMapping("/user/tokens/verify")
  ResponseEntity<byte[]> token(@RequestAttribute(Caller.ATTRIBUTE) String caller) {
    return Envelope.of(new Token(id(caller), "active"));
  }

  @GetMapping("/user")
  ResponseEntity<byte[]> user(@RequestAttribute(Caller.ATTRIBUTE) String caller) {
    return Envelope.of(new User(id(caller), id(caller) + "@burgage.invalid"));
  }

  private static String id(String caller) {
    return caller.replace(' ', '-');
  }

  @GetMapping("/accounts")
  ResponseEntity<byte[]> accounts(
      @RequestParam(defaultValue = "") String page,
      @RequestParam(name = "per_page", defaultValue = "") String perPage,
      @RequestAttribute(Caller.SCOPE) TokenScope scope) {
    return page(scope, Page.parse(page, perPage), Account::of);
  }

  @GetMapping("/accounts/{account}")
  ResponseEntity<byte[]> account(@PathVariable String account) {
    return Envelope.of(Account.of(pools.get(accounts.pool(account))));
  }

  @GetMapping("/memberships")
  ResponseEntity<byte[]> memberships(
      @RequestParam(defaultValue = "") String page,
      @RequestParam(name = "per_page", defaultValue = "") String perPage,
      @RequestAttribute(Caller.SCOPE) TokenScope scope) {
    return page(scope, Page.parse(page, perPage), Membership::of);
  }

  private <T> ResponseEntity<byte[]> page(TokenScope scope, Page page, Function<Pool, T> view) {
    List<Pool> all = pools.list(scope);
    List<T> rows = all.stream().skip(page.offset()).limit(page.size()).map(view).toList();
    return Envelope.page(rows, page, all.size());
  }
}
