package dev.burgage.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionTest {
  @Test
  void textsSortAsPositionsDo() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      Revision a = new Revision(random.nextLong() >>> random.nextInt(1, 63), random.nextInt(1000));
      Revision b = new Revision(random.nextLong() >>> random.nextInt(1, 63), random.nextInt(1000));
      assertThat(Integer.signum(a.toString().compareTo(b.toString())))
          .isEqualTo(Integer.signum(a.compareTo(b)));
      assertThat(Revision.parse(a.toString())).isEqualTo(a);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-1",
        "zzzzzzzzzzzzzzzz-0000000000000000",
        "000000000000000a 000000000000000b"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Revision.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
