package dev.burgage.client;

import dev.burgage.d1.D1Meta;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads D1's `meta`. All of its members are optional, so that other servers of the same wire
/// format can be asked too. Not thread-safe.
final class MetaReader {
  static final D1Meta NONE = new D1Meta("", 0, 0, 0, false, 0, 0, 0);

  private String servedBy = "";
  private double duration;
  private long changes;
  private long lastRowId;
  private boolean changedDb;
  private long sizeAfter;
  private long rowsRead;
  private long rowsWritten;

  private MetaReader() {}

  /// @param json at the value of `meta`; at its end afterwards
  static D1Meta read(JsonParser json) {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return NONE;
    }
    MetaReader reader = new MetaReader();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      reader.member(name, json);
    }
    return reader.meta();
  }

  private void member(String name, JsonParser json) {
    switch (name) {
      case "served_by" -> servedBy = json.getString();
      case "duration" -> duration = json.getDoubleValue();
      case "changes" -> changes = json.getLongValue();
      case "last_row_id" -> lastRowId = json.getLongValue();
      case "changed_db" -> changedDb = json.getBooleanValue();
      case "size_after" -> sizeAfter = json.getLongValue();
      case "rows_read" -> rowsRead = json.getLongValue();
      case "rows_written" -> rowsWritten = json.getLongValue();
      default -> json.skipChildren();
    }
  }

  private D1Meta meta() {
    return new D1Meta(
        servedBy, duration, changes, lastRowId, changedDb, sizeAfter, rowsRead, rowsWritten);
  }
}
