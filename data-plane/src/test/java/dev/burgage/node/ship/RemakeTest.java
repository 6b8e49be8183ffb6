package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.log.ChainHash;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Pages;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.log.WalPosition;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemakeTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(0x4000L, 7));
  private static final int PAGE = 65_536;
  private static final int PER_RECORD = 16;

  @TempDir Path folder;
  private ChainHash last = ChainHash.NONE;

  // A transaction of many records that writes pages from..from+count, of a database with so many.
  private List<LogRecord> transaction(long number, Kind kind, int from, int count, int pages) {
    List<LogRecord> records = new ArrayList<>();
    for (int done = 0; done < count; done += PER_RECORD) {
      int now = Math.min(PER_RECORD, count - done);
      byte[] images = new byte[now * PAGE];
      new Random(number * 1_000 + done).nextBytes(images);
      int first = from + done;
      Pages changed = new Pages(PAGE, pages, IntStream.range(first, first + now).toArray(), images);
      RecordKey key = new RecordKey(DATABASE, 1, number, records.size());
      Kind own = done + now == count ? kind : Kind.PART;
      LogRecord bare = new LogRecord(own, key, number << 32, changed, WalPosition.NONE, last);
      last = bare.hashAfter(last);
      records.add(new LogRecord(own, key, number << 32, changed, WalPosition.NONE, last));
    }
    return records;
  }

  private static void put(List<LogRecord> records, byte[] model) {
    for (LogRecord record : records) {
      Pages pages = record.pages();
      for (int i = 0; i < pages.numbers().length; i++) {
        int at = (pages.numbers()[i] - 1) * PAGE;
        System.arraycopy(pages.images(), i * PAGE, model, at, PAGE);
      }
    }
  }

  private Remake remake(Path file) throws IOException {
    return new Remake(DATABASE, file, _ -> true, (_, _) -> {});
  }

  private static void add(Remake remake, List<LogRecord> records) throws IOException {
    for (LogRecord record : records) {
      remake.add("test", record, /* collapsed= */ false);
    }
  }

  @Test
  void transactionsOfMoreThanIsKeptInMemoryArePutInWhole() throws Exception {
    Path file = folder.resolve("made");
    byte[] model = new byte[200 * PAGE];
    List<LogRecord> base = transaction(1, Kind.BASE, 1, 200, 200);
    List<LogRecord> large = transaction(2, Kind.COMMIT, 20, 170, 200);
    List<LogRecord> small = transaction(3, Kind.COMMIT, 5, 20, 200);
    try (Remake remake = remake(file)) {
      add(remake, base);
      put(base, model);
      assertThat(Files.readAllBytes(file)).isEqualTo(model);
      add(remake, large.subList(0, large.size() - 1));
      assertThat(Files.readAllBytes(file)).as("its end has not come").isEqualTo(model);
      add(remake, large.subList(large.size() - 1, large.size()));
      put(large, model);
      add(remake, small);
      put(small, model);
      assertThat(remake.transaction()).isEqualTo(3);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(model);
  }

  @Test
  void ofAFirstTransactionThatBeginsAnewNothingStays() throws Exception {
    Path file = folder.resolve("made");
    List<LogRecord> given = transaction(1, Kind.BASE, 1, 100, 100);
    last = ChainHash.NONE;
    List<LogRecord> taken = transaction(1, Kind.BASE, 1, 40, 40);
    byte[] model = new byte[40 * PAGE];
    put(taken, model);
    try (Remake remake = remake(file)) {
      add(remake, given.subList(0, 3));
      assertThat(remake.isInside()).isTrue();
      add(remake, taken);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(model);
  }

  @Test
  void aPlaceInTheChainThatWasProvenAfterAnotherRecordIsNotBelieved() throws Exception {
    List<LogRecord> base = transaction(1, Kind.BASE, 1, 1, 1);
    last = new ChainHash(1, 2, 3, 4);
    LogRecord stranger = transaction(2, Kind.COMMIT, 1, 1, 1).getFirst();
    Followed proven = Followed.of(stranger, new ChainHash(1, 2, 3, 4));
    assertThat(proven.after()).isNotNull();
    try (Remake remake = remake(folder.resolve("made"))) {
      add(remake, base);
      assertThatThrownBy(() -> remake.add("test", proven, /* collapsed= */ false))
          .isInstanceOf(ObjectDamagedException.class)
          .hasMessageContaining("does not follow");
    }
    assertThat(Followed.of(stranger, base.getFirst().hash()).after()).isNull();
  }
}
