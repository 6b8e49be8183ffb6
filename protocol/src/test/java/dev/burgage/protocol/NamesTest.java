package dev.burgage.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "acme", "A-1", "0.x_y", "tenant.with.dots"})
  void legalNamesAreKept(String name) {
    assertThat(new TenantId(name).toString()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "../x", "a/b", "a\\b", "-a", "_a", ".a", "a b", "a%2f", "ä", "a\u0000",
        "a\n", "１"
      })
  void everythingElseIsRefused(String name) {
    assertThatThrownBy(() -> new TenantId(name))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageStartingWith("tenant id must be 1 to 63 letters");
  }

  @Test
  void lengthIsBounded() {
    assertThat(new PoolName("p".repeat(63)).value()).hasSize(63);
    assertThatThrownBy(() -> new PoolName("p".repeat(64))).isInstanceOf(InvalidNameException.class);
  }

  @Test
  void messageShowsNoControlCharactersAndNoLongValues() {
    assertThatThrownBy(() -> new NodeName("\u001b[31m" + "x".repeat(1000)))
        .hasMessageNotContainingAny("\u001b")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(220));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1-1-1-1-1", "not-a-uuid", "../../etc/passwd"})
  void onlyWholeUuidsAreDatabaseIds(String text) {
    assertThatThrownBy(() -> DatabaseId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
