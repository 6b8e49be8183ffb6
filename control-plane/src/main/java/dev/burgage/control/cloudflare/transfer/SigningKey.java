package dev.burgage.control.cloudflare.transfer;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The key by which links are signed: made once by whichever control plane needs it first, kept in
/// PostgreSQL, the same for all of a cell. Thread-safe.
@Component
class SigningKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final JdbcClient jdbc;
  private volatile @Nullable SecretKeySpec key;

  SigningKey(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// @return 64 hexadecimal digits
  String sign(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key());
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  private SecretKeySpec key() {
    SecretKeySpec known = key;
    if (known == null) {
      known = readOrMake();
      key = known;
    }
    return known;
  }

  private SecretKeySpec readOrMake() {
    byte[] fresh = new byte[BYTES];
    new SecureRandom().nextBytes(fresh);
    jdbc.sql("insert into signing_key (key) values (?) on conflict do nothing")
        .param(fresh)
        .update();
    byte[] stored = jdbc.sql("select key from signing_key").query(byte[].class).single();
    return new SecretKeySpec(stored, ALGORITHM);
  }
}
