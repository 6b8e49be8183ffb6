package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.StoreConfig.Bucket;
import dev.burgage.node.StoreConfig.Folder;
import dev.burgage.node.ship.Layout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreConfigTest {
  private static final Path DATA = Path.of("/data");

  private static StoreConfig of(String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return StoreConfig.of(new Settings(environment), DATA);
  }

  @Test
  void unlessSomethingElseIsSaidTheStoreIsAFolderInTheNodes() {
    StoreConfig config = of();
    assertThat(config.place()).isEqualTo(new Folder(Path.of("/data/store")));
    assertThat(config.isOnNodesDisk()).isTrue();
    assertThat(config.layout()).isEqualTo(new Layout("burgage"));
    assertThat(config.shipping().everyCommit()).isEqualTo(Duration.ofDays(2));
    assertThat(config.shipping().window()).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aFolderCanBeAnyFolder() {
    StoreConfig config = of("BURGAGE_STORE", "file:/mnt/with space", "BURGAGE_CELL", "eu1");
    assertThat(config.place()).isEqualTo(new Folder(Path.of("/mnt/with space")));
    assertThat(config.isOnNodesDisk()).isFalse();
    assertThat(config.layout()).isEqualTo(new Layout("eu1"));
  }

  @Test
  void aBucketHasAPrefixAnEndpointAndARegion() {
    StoreConfig config =
        of(
            "BURGAGE_STORE",
            "s3://my-bucket/a/b/?endpoint=http://127.0.0.1:9000&region=eu&path-style=true",
            "BURGAGE_CELL",
            "eu1");
    assertThat(config.layout()).isEqualTo(new Layout("a/b/eu1"));
    assertThat(((Bucket) config.place()).settings())
        .satisfies(settings -> {
          assertThat(settings.endpoint()).isEqualTo(URI.create("http://127.0.0.1:9000"));
          assertThat(settings.region()).isEqualTo("eu");
          assertThat(settings.bucket()).isEqualTo("my-bucket");
          assertThat(settings.pathStyle()).isTrue();
          assertThat(settings.credentials()).isNull();
        });
  }

  @Test
  void theRegionMayBeAmazonsVariable() {
    StoreConfig config = of("BURGAGE_STORE", "s3://b", "AWS_REGION", "eu-west-1");
    assertThat(((Bucket) config.place()).settings().region()).isEqualTo("eu-west-1");
    assertThat(config.layout()).isEqualTo(new Layout("burgage"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BURGAGE_STORE | file:",
        "BURGAGE_STORE | http://bucket",
        "BURGAGE_STORE | s3://",
        "BURGAGE_STORE | s3://b",
        "BURGAGE_STORE | s3://b?region=eu&colour=red",
        "BURGAGE_STORE | s3://b?region=eu&path-style=yes",
        "BURGAGE_STORE | s3://b/with%20space?region=eu",
        "BURGAGE_CELL | a b",
        "BURGAGE_STORE_WINDOW_DAYS | 1",
        "BURGAGE_STORE_EVERY_COMMIT_HOURS | 800",
        "BURGAGE_STORE_BACKLOG_MIB | 0",
        "BURGAGE_STORE_SLICE_SECONDS | 601",
        "BURGAGE_STORE_SLICE_MIB | 65",
      })
  void whatIsNotValidIsNamed(String name, String value) {
    assertThatThrownBy(() -> of(name, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void aBacklogThatALogWouldFillAtOnceIsRefused() {
    StoreConfig config = of("BURGAGE_STORE_BACKLOG_MIB", "100");
    assertThatThrownBy(() -> config.requireBacklogOver(100 * 1024 * 1024))
        .hasMessageContaining("BURGAGE_STORE_BACKLOG_MIB must be more than BURGAGE_NODE_LOG_MIB");
    config.requireBacklogOver(99 * 1024 * 1024);
  }
}
