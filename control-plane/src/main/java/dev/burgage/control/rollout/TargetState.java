package dev.burgage.control.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What became of a target so far.
enum TargetState {
  PENDING("pending"),
  APPLIED("applied"),
  UP_TO_DATE("upToDate"),
  FAILED("failed"),
  DORMANT("dormant"),
  EXCLUDED("excluded"),
  UNDOING("undoing"),
  UNDONE("undone"),
  WRITTEN("written"),
  NOT_KEPT("notKept"),
  UNDO_FAILED("undoFailed");

  private final String json;

  TargetState(String json) {
    this.json = json;
  }

  /// @throws BurgageException `invalid_request` if there is no such state
  static TargetState parse(String text) {
    for (TargetState state : values()) {
      if (state.json.equals(text)) {
        return state;
      }
    }
    throw new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "state must be one of %s; leave it out for all"
            .formatted(
                Arrays.stream(values())
                    .map(TargetState::toString)
                    .collect(Collectors.joining(", "))));
  }

  static TargetState ofColumn(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /// As in column `state`.
  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonValue
  @Override
  public String toString() {
    return json;
  }
}
