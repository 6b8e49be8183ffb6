package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How far an import or an export is.
public enum TransferStatus {
  ACTIVE,
  COMPLETE,
  ERROR;

  @JsonCreator
  public static TransferStatus parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
