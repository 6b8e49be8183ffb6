package dev.burgage.protocol.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenGrantTest {
  private static final PoolName SHOP = new PoolName("shop");
  private static final TenantId ACME = new TenantId("acme");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static String text(FeedMessage message) {
    return new String(FeedCodec.encode(message), StandardCharsets.UTF_8).strip();
  }

  @Test
  void grantsComeBackFromTheWireAsTheyWere() {
    var sent =
        new FeedMessage.Tokens(
            List.of(
                new TokenGrant("00", TokenScope.FLEET, TokenRight.ADMIN, null),
                new TokenGrant("01", new TokenScope(SHOP, null), TokenRight.WRITE, NOON),
                new TokenGrant("02", new TokenScope(SHOP, ACME), TokenRight.READ, null)),
            7L);

    assertThat(FeedCodec.decode(text(sent))).isEqualTo(sent);
  }

  @Test
  void aGrantOfBeforeIsTheFleetsAdministrator() {
    String line = "{\"type\":\"tokens\",\"tokens\":[{\"sha256\":\"00\",\"scope\":\"FLEET\"}]}";

    assertThat(FeedCodec.decode(line))
        .isEqualTo(
            new FeedMessage.Tokens(
                List.of(new TokenGrant("00", TokenScope.FLEET, TokenRight.ADMIN, null)), null));
  }

  @Test
  void nodesOfBeforeReadTheGrantsThatTheyTreatRight() {
    var all = new TokenGrant("00", TokenScope.FLEET, TokenRight.WRITE, null);
    assertThat(all.isUnlimited()).isTrue();
    assertThat(text(new FeedMessage.Tokens(List.of(all), null)))
        .contains("\"scope\":\"FLEET\"")
        .doesNotContain("expiresAt", "unlimited");
    assertThat(new TokenGrant("0", TokenScope.FLEET, TokenRight.READ, null).isUnlimited())
        .isFalse();
    assertThat(new TokenGrant("0", TokenScope.FLEET, TokenRight.ADMIN, NOON).isUnlimited())
        .isFalse();
    assertThat(
            new TokenGrant("0", new TokenScope(SHOP, null), TokenRight.ADMIN, null).isUnlimited())
        .isFalse();
  }

  @Test
  void aScopeCoversWhatIsWithinItAndNothingBeside() {
    PoolName other = new PoolName("other");
    TokenScope pool = new TokenScope(SHOP, null);
    TokenScope tenant = new TokenScope(SHOP, ACME);

    assertThat(TokenScope.FLEET.covers(other)).isTrue();
    assertThat(TokenScope.FLEET.covers(other, ACME)).isTrue();
    assertThat(pool.covers(SHOP)).isTrue();
    assertThat(pool.covers(SHOP, ACME)).isTrue();
    assertThat(pool.covers(other)).isFalse();
    assertThat(pool.covers(other, ACME)).isFalse();
    assertThat(tenant.covers(SHOP)).isFalse();
    assertThat(tenant.covers(SHOP, ACME)).isTrue();
    assertThat(tenant.covers(SHOP, new TenantId("acme2"))).isFalse();
    assertThat(tenant.covers(other, ACME)).isFalse();
  }

  @Test
  void aPoolMayBeCalledAsAScopeIsWritten() {
    for (String name : List.of("FLEET", "POOL", "TENANT")) {
      var scope = new TokenScope(new PoolName(name), new TenantId(name));
      assertThat(TokenScope.parse(scope.toString())).isEqualTo(scope);
    }
    assertThatThrownBy(() -> TokenScope.parse("fleet"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TokenScope.parse("TENANT a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenScope(null, ACME))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRightHasThoseBeforeIt() {
    assertThat(TokenRight.ADMIN.includes(TokenRight.READ)).isTrue();
    assertThat(TokenRight.WRITE.includes(TokenRight.WRITE)).isTrue();
    assertThat(TokenRight.READ.includes(TokenRight.WRITE)).isFalse();
    assertThat(TokenRight.WRITE.includes(TokenRight.ADMIN)).isFalse();
  }

  @Test
  void aGrantEndsAtItsExpiry() {
    var grant = new TokenGrant("00", TokenScope.FLEET, TokenRight.READ, NOON);

    assertThat(grant.isValidAt(NOON.minusMillis(1))).isTrue();
    assertThat(grant.isValidAt(NOON)).isFalse();
  }
}
