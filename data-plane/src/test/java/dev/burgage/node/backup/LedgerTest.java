package dev.burgage.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.backup.Ledger.Entry;
import dev.burgage.node.log.LogPosition;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("ledger");
  }

  private static Entry entry(long number) {
    return new Entry(number, new LogPosition(1, number), number, 0, Long.MAX_VALUE);
  }

  @Test
  void whatWasWrittenIsThereAfterAStart() throws IOException {
    DatabaseId one = new DatabaseId(UUID.randomUUID());
    DatabaseId other = new DatabaseId(UUID.randomUUID());
    try (Ledger ledger = new Ledger(file())) {
      var _ = ledger.update(one, _ -> entry(1));
      var _ = ledger.update(other, _ -> entry(2));
      var _ = ledger.update(one, _ -> entry(3));
    }
    try (Ledger ledger = new Ledger(file())) {
      assertThat(ledger.find(one)).isEqualTo(entry(3));
      assertThat(ledger.find(other)).isEqualTo(entry(2));
      ledger.keepOnly(one::equals);
      assertThat(ledger.find(other)).isNull();
    }
    assertThat(Files.size(file())).isEqualTo(72);
  }

  @Test
  void halfALineIsPassedOver() throws IOException {
    DatabaseId one = new DatabaseId(UUID.randomUUID());
    try (Ledger ledger = new Ledger(file())) {
      var _ = ledger.update(one, _ -> entry(1));
      var _ = ledger.update(one, _ -> entry(2));
    }
    byte[] bytes = Files.readAllBytes(file());
    bytes[100] ^= 1;
    Files.write(file(), bytes);
    Files.write(file(), new byte[17], StandardOpenOption.APPEND);

    try (Ledger ledger = new Ledger(file())) {
      assertThat(ledger.find(one)).isEqualTo(entry(1));
      var _ = ledger.update(one, _ -> entry(4));
    }
    try (Ledger ledger = new Ledger(file())) {
      assertThat(ledger.find(one)).isEqualTo(entry(4));
    }
  }

  @Test
  void theFileStaysAFewTimesAsLongAsThereAreDatabases() throws IOException {
    DatabaseId one = new DatabaseId(UUID.randomUUID());
    try (Ledger ledger = new Ledger(file())) {
      for (int i = 1; i < 10_000; i++) {
        long number = i;
        var _ = ledger.update(one, _ -> entry(number));
      }
      assertThat(Files.size(file())).isLessThan(1_100 * 72L);
    }
    try (Ledger ledger = new Ledger(file())) {
      assertThat(ledger.find(one)).isEqualTo(entry(9_999));
    }
  }
}
