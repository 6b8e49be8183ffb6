package dev.burgage.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.store.FaultyProxy.Fault;
import dev.burgage.node.store.S3Settings.Limits;
import dev.burgage.node.store.StoreException.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Against s3proxy, straight and through a proxy that fails.
class S3StoreTest extends ObjectStoreTest {
  private static final Limits SHORT =
      new Limits(Duration.ofMillis(500), Duration.ofMillis(700), Duration.ofSeconds(4), 3);
  private static S3Server server;

  private FaultyProxy proxy;
  private S3Store store;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    proxy = new FaultyProxy(server.port());
    store = new S3Store(S3Server.settings(server.endpoint(), Limits.DEFAULT));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    proxy.close();
  }

  @Override
  ObjectStore store() {
    return store;
  }

  private static void assertFails(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aStoreThatDoesNotAnswerIsUnreachableAndWorksAgainLater(Fault fault) throws Exception {
    String key = "faults/" + fault;
    byte[] content = new byte[200_000];
    store.put(key, content);
    try (S3Store through = new S3Store(S3Server.settings(proxy.endpoint(), SHORT))) {
      proxy.set(fault);
      assertFails(() -> through.get(key), Reason.UNREACHABLE);
      assertFails(() -> through.get(key, 100, 50_000), Reason.UNREACHABLE);
      if (fault != Fault.CUT_ANSWER) { // the answer to a put is shorter than what is let through
        assertFails(() -> through.put(key + "-put", content), Reason.UNREACHABLE);
        assertFails(() -> through.delete(List.of(key + "-none")), Reason.UNREACHABLE);
      }
      proxy.set(Fault.NONE);
      assertThat(through.get(key)).isEqualTo(content);
      through.put(key + "-put", content);
      assertThat(through.get(key + "-put")).isEqualTo(content);
    }
  }

  @Test
  void aWriteWhoseAnswerWasLostMayHaveHappenedAndIsNotDoneTwice() throws Exception {
    try (S3Store through = new S3Store(S3Server.settings(proxy.endpoint(), SHORT))) {
      proxy.set(Fault.LOSE_ANSWER);
      try {
        // The attempts after the first find the object, so the store can only say: it is there.
        assertThat(through.putIfAbsent("lost/answer", new byte[] {1})).isFalse();
      } catch (StoreException e) {
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      }
      proxy.set(Fault.NONE);
      assertThat(through.putIfAbsent("lost/answer", new byte[] {2})).isFalse();
      assertThat(through.get("lost/answer")).containsExactly(1);
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() throws Exception {
    // A port that systems give to nobody: one that was just closed may be another test's by now.
    URI nowhere = URI.create("http://127.0.0.1:1");
    try (S3Store through = new S3Store(S3Server.settings(nowhere, SHORT))) {
      assertFails(() -> through.list("", "", 10), Reason.UNREACHABLE);
    }
  }

  @Test
  void aWrongKeyAndAMissingBucketAreRefused() {
    S3Settings good = S3Server.settings(server.endpoint(), SHORT);
    S3Settings wrongKey =
        new S3Settings(
            good.endpoint(),
            good.region(),
            good.bucket(),
            new S3Settings.Credentials("local-identity", "wrong"),
            true,
            SHORT);
    S3Settings noBucket =
        new S3Settings(good.endpoint(), "us-east-1", "absent", good.credentials(), true, SHORT);
    try (S3Store one = new S3Store(wrongKey);
        S3Store two = new S3Store(noBucket)) {
      assertFails(() -> one.put("refused/a", new byte[1]), Reason.REFUSED);
      assertFails(() -> two.put("refused/a", new byte[1]), Reason.REFUSED);
    }
    assertThat(good.toString()).doesNotContain("local-credential");
  }
}
