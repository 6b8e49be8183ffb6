package dev.burgage.node.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
  private static final long ALL = 8L * 1024 * 1024;
  private static final int ANSWER_MAX = 1_500_000;

  private final RequestMemory memory = new RequestMemory(ALL, ANSWER_MAX);

  @Test
  void aSmallRequestTakesNothingOfWhatIsShared() {
    try (var share = memory.share()) {
      share.body(1_000);
      share.answer(10_000);
      assertThat(memory.freeBytes()).isEqualTo(ALL);
    }
  }

  @Test
  void aLargeAnswerTakesMoreThanItsLengthAndGivesAllBack() {
    try (var share = memory.share()) {
      for (int row = 0; row < 1_000; row++) {
        share.answer(1_000);
      }
      assertThat(memory.freeBytes()).isBetween(ALL - 4_300_000, ALL - 3_900_000);
    }
    assertThat(memory.freeBytes()).isEqualTo(ALL);
  }

  @Test
  void whoComesWhenOthersHaveItAllIsToldToComeAgain() {
    try (var second = memory.share()) {
      try (var first = memory.share()) {
        first.answer(1_400_000);
        assertThatThrownBy(() -> second.body(1_400_000))
            .isInstanceOfSatisfying(
                BurgageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
      }
      second.body(1);
      assertThat(memory.refusedCount()).isEqualTo(1);
    }
    assertThat(memory.freeBytes()).isEqualTo(ALL);
  }

  @Test
  void anAnswerThatIsTooLargeForAnyRequestIsAnErrorOfItsSql() {
    try (var share = memory.share()) {
      assertThatThrownBy(() -> share.answer(ANSWER_MAX + 1))
          .isInstanceOfSatisfying(
              BurgageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SQL_ERROR))
          .hasMessageStartingWith("The result is larger than 1500000 bytes");
    }
  }

  @Test
  void aSecondRunOfTheStatementsIsNotCountedTwice() {
    try (var share = memory.share()) {
      share.answer(ANSWER_MAX);
      long free = memory.freeBytes();
      share.answerAnew();
      share.answer(ANSWER_MAX);
      assertThat(memory.freeBytes()).isEqualTo(free);
    }
  }
}
