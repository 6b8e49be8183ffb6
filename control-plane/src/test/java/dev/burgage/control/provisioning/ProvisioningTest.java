package dev.burgage.control.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvisioningTest extends ControlPlaneTest {
  @BeforeEach
  void pool() {
    assertThat(createPool().status()).isEqualTo(201);
  }

  @Test
  void createdIsAnsweredWhenTheOwningNodeHasTheBinding() {
    Answer created = create("acme");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("state")).isEqualTo("active");
    assertThat(created.header("Burgage-Revision")).isEqualTo(created.text("revision"));
    assertThat(created.text("nodeUrl")).isEqualTo(node(created.text("node")).url().toString());
    assertThat(node(created.text("node")).binding(pool, "acme")).isNotNull();
    assertThat(node(created.text("node")).has(created.text("database"))).isTrue();
  }

  @Test
  void theSameRequestAgainAnswersTheSameBinding() {
    Answer first =
        api.post(tenants(), "{\"id\":\"acme\",\"labels\":{\"plan\":\"gold\",\"a\":\"b\"}}");
    Answer again =
        api.post(tenants(), "{\"labels\":{\"a\":\"b\",\"plan\":\"gold\"},\"id\":\"acme\"}");

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
  }

  @Test
  void anotherRequestForTheSameIdIsAConflict() {
    create("acme");

    Answer other = api.post(tenants(), "{\"id\":\"acme\",\"labels\":{\"plan\":\"gold\"}}");

    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("conflict");
  }

  @Test
  void aHundredTenantsAtOnceAreAllMadeAndServed() throws Exception {
    List<Answer> answers =
        together(IntStream.range(0, 100).mapToObj(i -> () -> create("tenant-" + i)));

    assertThat(answers).extracting(Answer::status).containsOnly(201);
    for (Answer answer : answers) {
      assertThat(node(answer.text("node")).binding(pool, answer.text("id"))).isNotNull();
    }
    assertThat(answers).extracting(answer -> answer.text("node")).contains("node-a", "node-b");
  }

  @Test
  void theSameTenantAskedForByManyAtOnceIsMadeOnce() throws Exception {
    List<Answer> answers = together(IntStream.range(0, 20).mapToObj(_ -> () -> create("acme")));

    assertThat(answers).extracting(Answer::status).containsOnly(200, 201);
    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers)
        .extracting(answer -> answer.text("database"))
        .containsOnly(answers.getFirst().text("database"));
  }

  static <T> List<T> together(java.util.stream.Stream<Callable<T>> calls) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = calls.map(executor::submit).toList();
      List<T> results = new java.util.ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
