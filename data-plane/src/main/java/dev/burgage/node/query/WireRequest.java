package dev.burgage.node.query;

import dev.burgage.d1.D1Transport.Statement;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads the body of a query: `{"sql":"…","params":[…]}`, an array of these, or, as D1's REST API
/// has it, `{"batch":[…]}`.
///
/// Source of the format: workerd, src/cloudflare/internal/d1-api.ts.
final class WireRequest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int STATEMENTS_MAX = 10_000;

  private final JsonParser parser;
  private final boolean exactIntegers;

  private WireRequest(JsonParser parser, boolean exactIntegers) {
    this.parser = parser;
    this.exactIntegers = exactIntegers;
  }

  /// @param exactIntegers binds JSON integers as INTEGER; else every number is REAL, as in D1
  /// @throws BurgageException `invalid_request` if the body is not such a request
  static List<Statement> read(byte[] body, boolean exactIntegers) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      return new WireRequest(parser, exactIntegers).statements();
    } catch (JacksonException e) {
      throw invalid("is not JSON: " + e.getOriginalMessage());
    }
  }

  private List<Statement> statements() {
    JsonToken first = parser.nextToken();
    List<Statement> statements = new ArrayList<>(1);
    if (first == JsonToken.START_OBJECT) {
      object(statements);
    } else if (first == JsonToken.START_ARRAY) {
      array(statements);
    } else {
      throw invalid("must be {\"sql\":…,\"params\":[…]} or an array of these");
    }
    if (parser.nextToken() != null) {
      throw invalid("has something after its end");
    }
    return statements;
  }

  private void array(List<Statement> statements) {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.START_OBJECT, "must hold objects with \"sql\"");
      if (statements.size() == STATEMENTS_MAX) {
        throw invalid("may hold at most " + STATEMENTS_MAX + " statements");
      }
      Statement statement = statement(/* batch= */ null);
      if (statement == null) {
        throw invalid("has no \"sql\"");
      }
      statements.add(statement);
    }
  }

  private void object(List<Statement> statements) {
    Statement statement = statement(statements);
    if (statement != null) {
      statements.add(statement);
    } else if (statements.isEmpty()) {
      throw invalid("has no \"sql\"");
    }
  }

  /// @param batch takes what an outermost object's "batch" has; null further inside
  /// @return null if the object has no "sql" itself
  private @Nullable Statement statement(@Nullable List<Statement> batch) {
    String sql = null;
    List<@Nullable Object> parameters = List.of();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "sql" -> {
          expect(JsonToken.VALUE_STRING, "must have \"sql\" as a string");
          sql = parser.getString();
        }
        case "params" -> parameters = parameters();
        case "batch" -> {
          if (batch == null) {
            throw invalid("has a \"batch\" in another");
          }
          expect(JsonToken.START_ARRAY, "must have \"batch\" as an array");
          array(batch);
        }
        default -> parser.skipChildren();
      }
    }
    return sql == null ? null : new Statement(sql, parameters);
  }

  private List<@Nullable Object> parameters() {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return List.of();
    }
    expect(JsonToken.START_ARRAY, "must have \"params\" as an array");
    List<@Nullable Object> parameters = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      parameters.add(parameter());
    }
    return Collections.unmodifiableList(parameters);
  }

  private @Nullable Object parameter() {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> parser.getString();
      case VALUE_TRUE -> one(1);
      case VALUE_FALSE -> one(0);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_NUMBER_INT -> integer();
      case START_ARRAY -> bytes();
      default ->
          throw invalid(
              "may have as parameters null, numbers, strings, booleans and arrays of bytes");
    };
  }

  // JavaScript's binding sends 1 and 0 as numbers before they get here: both ways give the same
  // value.
  private Object one(long flag) {
    return exactIntegers ? (Object) flag : (Object) (double) flag;
  }

  private Object integer() {
    boolean isLong = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    return exactIntegers && isLong
        ? (Object) parser.getLongValue()
        : (Object) parser.getDoubleValue();
  }

  // As JavaScript's Uint8Array takes them, which is what D1 makes of the array: towards zero, and
  // of that the low 8 bits.
  private byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.currentToken().isNumeric()) {
        throw invalid("may have only numbers, a byte each, in an array parameter");
      }
      bytes.write((int) (long) parser.getDoubleValue());
    }
    return bytes.toByteArray();
  }

  private void expect(JsonToken token, String rule) {
    if (parser.currentToken() != token) {
      throw invalid(rule);
    }
  }

  private static BurgageException invalid(String rule) {
    return new BurgageException(ErrorCode.INVALID_REQUEST, "The body of the query " + rule + ".");
  }
}
