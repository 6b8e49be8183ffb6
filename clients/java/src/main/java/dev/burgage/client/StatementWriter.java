package dev.burgage.client;

import dev.burgage.d1.D1Transport.Statement;
import dev.burgage.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Statements as D1's binding writes them: one as an object, several as an array.
final class StatementWriter {
  private StatementWriter() {}

  static byte[] json(List<Statement> statements) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = Json.mapper().createGenerator(bytes)) {
      if (statements.size() == 1) {
        write(json, statements.getFirst());
      } else {
        json.writeStartArray();
        for (Statement statement : statements) {
          write(json, statement);
        }
        json.writeEndArray();
      }
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Statement statement) {
    json.writeStartObject();
    json.writeName("sql");
    json.writeString(statement.sql());
    json.writeName("params");
    json.writeStartArray();
    for (Object parameter : statement.parameters()) {
      write(json, parameter);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, @Nullable Object parameter) {
    switch (parameter) {
      case null -> json.writeNull();
      case Long number -> json.writeNumber(number.longValue());
      case Double number -> write(json, number.doubleValue());
      case byte[] bytes -> write(json, bytes);
      default -> json.writeString(parameter.toString());
    }
  }

  // As D1 does: JSON has no other way to say NaN and infinity, and minus zero is zero.
  private static void write(JsonGenerator json, double number) {
    if (Double.isFinite(number)) {
      json.writeNumber(number == 0 ? 0.0 : number);
    } else {
      json.writeNull();
    }
  }

  private static void write(JsonGenerator json, byte[] bytes) {
    json.writeStartArray();
    for (byte b : bytes) {
      json.writeNumber(b & 0xff);
    }
    json.writeEndArray();
  }
}
