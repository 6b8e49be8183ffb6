package dev.burgage.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.files.DatabaseFiles.Found;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFilesTest {
  @TempDir Path data;
  private Path template;
  private final List<Runnable> later = new CopyOnWriteArrayList<>();
  private DatabaseFiles files;

  @BeforeEach
  void open() throws IOException {
    template = Files.writeString(data.resolve("template"), "a template");
    files = new DatabaseFiles(data, Clock.systemUTC(), later::add);
  }

  private static DatabaseId random() {
    return new DatabaseId(UUID.randomUUID());
  }

  @Test
  void aDatabaseIsACopyOfItsTemplate() throws IOException {
    DatabaseId id = random();
    files.create(id, 1, template);
    assertThat(files.path(id, 1)).hasContent("a template");
  }

  @Test
  void spareCopiesAreMadeInTheBackgroundAndUsedFirst() throws IOException {
    files.create(random(), 1, template);
    assertThat(spares()).isEmpty();
    later.removeFirst().run();
    List<Path> made = spares();
    assertThat(made).isNotEmpty().allSatisfy(spare -> assertThat(spare).hasContent("a template"));

    DatabaseId id = random();
    files.create(id, 1, template);

    assertThat(files.path(id, 1)).hasContent("a template");
    assertThat(spares()).hasSize(made.size() - 1);
    later.removeFirst().run();
    assertThat(spares()).hasSize(made.size());
    assertThat(later).isEmpty();
  }

  @Test
  void spareCopiesOfTemplatesThatAreNotUsedAnyMoreGo() throws IOException {
    for (int i = 0; i < 30; i++) {
      Path another = Files.writeString(data.resolve("template-" + i), "template " + i);
      files.create(random(), 1, another);
      later.removeFirst().run();
    }
    assertThat(spares()).hasSizeLessThan(40);
    assertThat(spares()).noneSatisfy(spare -> assertThat(spare).hasContent("template 0"));
    assertThat(spares()).anySatisfy(spare -> assertThat(spare).hasContent("template 29"));
  }

  @Test
  void aDatabaseMadeOfASpareCopyIsYoung() throws IOException {
    files.create(random(), 1, template);
    later.removeFirst().run();
    for (Path spare : spares()) {
      Files.setLastModifiedTime(spare, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
    }
    DatabaseId id = random();

    files.create(id, 1, template);

    assertThat(files.list(null, 10))
        .allSatisfy(found -> assertThat(found.age()).isLessThan(Duration.ofHours(1)));
  }

  @Test
  void equalOrdersAtTheSameTimeMakeOneFileThatStays() throws Exception {
    for (int round = 0; round < 20; round++) {
      DatabaseId id = random();
      Set<Object> seen = ConcurrentHashMap.newKeySet();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 8; i++) {
          var _ =
              threads.submit(() -> {
                files.create(id, 1, template);
                return seen.add(
                    Files.readAttributes(files.path(id, 1), BasicFileAttributes.class).fileKey());
              });
        }
      }
      assertThat(seen).hasSize(1);
    }
  }

  private List<Path> spares() throws IOException {
    try (Stream<Path> spares = Files.list(data.resolve("tmp"))) {
      return spares.toList();
    }
  }

  @Test
  void aSecondCreationLeavesTheFileAlone() throws IOException {
    DatabaseId id = random();
    files.create(id, 1, template);
    Files.writeString(files.path(id, 1), "changed");
    files.create(id, 1, template);
    assertThat(files.path(id, 1)).hasContent("changed");
  }

  @Test
  void whatAKilledProcessLeftHalfMadeIsRemovedAtTheNextStart() throws IOException {
    Path half = Files.writeString(data.resolve("tmp").resolve("half"), "half a copy");
    var again = new DatabaseFiles(data, Clock.systemUTC(), later::add);
    assertThat(half).doesNotExist();
    assertThat(again.list(null, 10)).isEmpty();
  }

  @Test
  void listingPagesThroughAllFiles() throws IOException {
    List<DatabaseId> made = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      DatabaseId id = random();
      files.create(id, 1, template);
      made.add(id);
    }
    List<DatabaseId> seen = new ArrayList<>();
    List<Found> page = files.list(null, 50);
    while (!page.isEmpty()) {
      page.forEach(found -> seen.add(found.database()));
      page = files.list(page.getLast().database(), 50);
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(made);
  }

  @Test
  void trashIsKeptForItsRetention() throws IOException {
    DatabaseId id = random();
    files.create(id, 3, template);
    Files.writeString(files.path(id, 3).resolveSibling(id + "-3.db-wal"), "a wal");
    files.moveToTrash(id, 3);
    files.moveToTrash(id, 3);
    assertThat(files.list(null, 10)).isEmpty();
    assertThat(files.emptyTrash(Duration.ofHours(1))).isZero();
    Clock inTwoHours = Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC);
    assertThat(new DatabaseFiles(data, inTwoHours, later::add).emptyTrash(Duration.ofHours(1)))
        .isEqualTo(2);
  }

  @Test
  void deletionTakesTheWalAlong() throws IOException {
    DatabaseId id = random();
    files.create(id, 1, template);
    Path wal = Files.writeString(files.path(id, 1).resolveSibling(id + "-1.db-wal"), "a wal");
    files.delete(id, 1);
    files.delete(id, 1);
    assertThat(wal).doesNotExist();
    assertThat(files.path(id, 1)).doesNotExist();
  }

  @Test
  void aGenerationIsPositive() {
    assertThatThrownBy(() -> files.path(random(), 0))
        .hasMessage("generation must be at least 1; got 0");
  }
}
