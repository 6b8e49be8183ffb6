package dev.burgage.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTest {
  private static final String BOOKMARK =
      "6b02f44a-00000000-00000003-eaba571adef7c435b8e58d89b8126c51";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-22T13:00:00Z",
        "2026-11-22T14:00:00+01:00",
        "2026-11-22T14:00:00 01:00",
        "2026-11-22T13:00:00.000Z",
        "1795352400",
        " 1795352400 "
      })
  void timeIsTheSameHoweverItIsWritten(String text) {
    assertThat(Moment.parse(text))
        .isEqualTo(new Moment.AtTime(Instant.parse("2026-11-22T13:00:00Z")));
  }

  @Test
  void bookmarkIsOne() {
    assertThat(Moment.parse(BOOKMARK)).isEqualTo(new Moment.AtBookmark(Bookmark.parse(BOOKMARK)));
  }

  @ParameterizedTest
  @ValueSource(strings = {BOOKMARK, "2026-11-22T13:00:00.500Z", "2026-11-22T13:00:00Z"})
  void textOfAMomentIsReadAsTheSame(String text) {
    assertThat(Moment.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "-1",
        "1795352400000",
        "2026-11-22",
        "2026-11-22T13:00:00",
        "2026-13-22T13:00:00Z",
        "6B02F44A-00000000-00000003-eaba571adef7c435b8e58d89b8126c51",
        "6b02f44a-00000000-00000003-eaba571adef7c435b8e58d89b8126c5"
      })
  void anythingElseIsRefusedWithWhatItMustBe(String text) {
    assertThatThrownBy(() -> Moment.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bookmark");
  }
}
