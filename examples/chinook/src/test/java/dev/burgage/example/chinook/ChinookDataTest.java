package dev.burgage.example.chinook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChinookDataTest {
  private final ChinookData chinook = ChinookData.load();

  @Test
  void resourcesHaveAllRowsOfChinook() {
    assertThat(chinook.rows())
        .isEqualTo(
            Map.ofEntries(
                Map.entry("Genre", 25L),
                Map.entry("MediaType", 5L),
                Map.entry("Artist", 275L),
                Map.entry("Album", 347L),
                Map.entry("Track", 3503L),
                Map.entry("Employee", 8L),
                Map.entry("Customer", 59L),
                Map.entry("Invoice", 412L),
                Map.entry("InvoiceLine", 2240L),
                Map.entry("Playlist", 18L),
                Map.entry("PlaylistTrack", 8715L)));
    assertThat(chinook.total()).isEqualTo(15_607);
  }

  @Test
  void noStatementIsLongerThanD1Takes() {
    assertThat(chinook.inserts())
        .allSatisfy(s -> assertThat(s.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(100_000));
  }
}
