package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.log.ChainHash;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.Pages;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.log.WalPosition;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random commits, also of a kind that SQLite seldom makes: databases that shrink and grow again by
/// pages without content. One transaction after the other is the model.
class CollapseTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(5, 6));
  private static final int PAGE_BYTES = 512;

  @TempDir Path folder;

  private static LogRecord record(Kind kind, long transaction, int part, long second, Pages pages) {
    return new LogRecord(
        kind,
        new RecordKey(DATABASE, 1, transaction, part),
        second << 32 | transaction,
        pages,
        WalPosition.NONE,
        new ChainHash(transaction, part, 3, 4));
  }

  private static Pages pages(Random random, int databasePages, SortedSet<Integer> numbers) {
    byte[] images = new byte[numbers.size() * PAGE_BYTES];
    random.nextBytes(images);
    int[] own = numbers.stream().mapToInt(Integer::intValue).toArray();
    return new Pages(PAGE_BYTES, databasePages, own, images);
  }

  private static List<LogRecord> commits(Random random) {
    List<LogRecord> records = new ArrayList<>();
    TreeSet<Integer> all = new TreeSet<>(IntStream.rangeClosed(1, 8).boxed().toList());
    records.add(record(Kind.BASE, 1, 0, 60, pages(random, 8, all)));
    long second = 60;
    for (int transaction = 2; transaction < 60; transaction++) {
      second += random.nextInt(25);
      int parts = random.nextInt(6) == 0 ? random.nextInt(5) : 0;
      int size = 1 + random.nextInt(12);
      for (int part = 0; part < parts; part++) {
        records.add(
            record(Kind.PART, transaction, part, second, pages(random, size, some(random, size))));
      }
      if (parts > 0 && random.nextInt(3) == 0) {
        transaction--; // begins anew, without an end
        continue;
      }
      records.add(
          record(Kind.COMMIT, transaction, parts, second, pages(random, size, some(random, size))));
    }
    return records;
  }

  private static SortedSet<Integer> some(Random random, int size) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      numbers.add(1 + random.nextInt(size));
    }
    return numbers;
  }

  private static List<LogRecord> collapsed(List<LogRecord> records, int from) throws IOException {
    List<byte[]> objects = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    RunWriter out =
        new RunWriter(
            1 << 20,
            (_, _, _, index) -> "k%08x".formatted(index),
            (key, content) -> {
              keys.add(key);
              objects.add(content);
            });
    // Little room, so that large transactions pass and minutes are split.
    Collapse collapse = new Collapse(out, 4000);
    for (LogRecord record : records.subList(from, records.size())) {
      collapse.add(record, RecordBytes.of(record, Packing.ZSTD), false);
    }
    collapse.endDatabase();
    out.finish();
    List<LogRecord> made = new ArrayList<>();
    byte[] object = objects.getFirst();
    ObjectPart part =
        new ObjectPart(
            keys.getFirst(), object.length, Integer.parseInt(keys.getFirst().substring(1), 16));
    byte[] index = Arrays.copyOfRange(object, object.length - part.indexBytes(), object.length);
    for (Run run : RunFormat.runs(part, index)) {
      byte[] bytes = Arrays.copyOfRange(object, run.offset(), run.offset() + run.length());
      RunReader.records(part, run, bytes, (record, _) -> made.add(record));
    }
    return made;
  }

  private byte[] state(List<LogRecord> records, long transaction) throws IOException {
    Path file = folder.resolve("made.db");
    try (Remake remake =
        new Remake(DATABASE, file, end -> end.key().transaction() <= transaction, (_, _) -> {})) {
      for (LogRecord record : records) {
        remake.add("test", record, /* collapsed= */ true);
      }
      assertThat(remake.transaction()).isEqualTo(transaction);
    }
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void eachStateThatIsLeftIsWhatItWasAndTheLastOfEachMinuteIsLeft(long seed) throws Exception {
    Random random = new Random(seed);
    List<LogRecord> records = commits(random);
    List<LogRecord> made = collapsed(records, 0);
    TreeSet<Long> left = new TreeSet<>();
    made.stream()
        .filter(record -> record.kind().endsTransaction())
        .forEach(record -> left.add(record.key().transaction()));
    for (long transaction : left) {
      assertThat(state(made, transaction)).isEqualTo(state(records, transaction));
    }
    List<LogRecord> ends =
        records.stream().filter(record -> record.kind().endsTransaction()).toList();
    for (int i = 0; i < ends.size(); i++) {
      long minute = (ends.get(i).time() >>> 32) / 60;
      if (i == ends.size() - 1 || (ends.get(i + 1).time() >>> 32) / 60 > minute) {
        assertThat(left).contains(ends.get(i).key().transaction());
      }
    }
    assertThat(left).hasSizeLessThan(ends.size());
  }
}
