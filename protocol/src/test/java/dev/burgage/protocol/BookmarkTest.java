package dev.burgage.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BookmarkTest {
  @Test
  void theTextHasD1sShapeAndIsReadAgain() {
    Bookmark bookmark = new Bookmark(0x6928_1234L, 0x2_0000_024cL, 0x8e61117bf38d7adbL, -1L);
    assertThat(bookmark.toString())
        .isEqualTo("69281234-00000002-0000024c-8e61117bf38d7adbffffffffffffffff");
    assertThat(Bookmark.parse(bookmark.toString())).isEqualTo(bookmark);
    String ofD1 = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";
    assertThat(Bookmark.parse(ofD1).toString()).isEqualTo(ofD1);
  }

  @Test
  void textsSortAsBookmarksDo() {
    Random random = new Random(3);
    List<Bookmark> bookmarks = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      bookmarks.add(
          new Bookmark(random.nextLong(4) * 0x4000_0001L, random.nextLong(), random.nextLong(), i));
    }
    bookmarks.sort(null);
    assertThat(bookmarks.stream().map(Bookmark::toString)).isSorted();
  }

  @Test
  void whatIsNotABookmarkIsRefusedWithTheRule() {
    String good = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";
    for (String text :
        List.of(
            "",
            "first-primary",
            good.toUpperCase(Locale.ROOT),
            good + "0",
            good.substring(1),
            good.replace('-', '_'),
            "0000008-50000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683",
            "+0000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683")) {
      assertThatThrownBy(() -> Bookmark.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be 8-8-8-32 lower-case hexadecimal digits");
    }
    assertThatThrownBy(() -> new Bookmark(-1, 1, 1, 1)).hasMessageContaining("second");
  }
}
