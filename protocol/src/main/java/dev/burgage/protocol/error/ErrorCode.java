package dev.burgage.protocol.error;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What went wrong, as a code that never changes its meaning. New codes may come.
public enum ErrorCode {
  INVALID_REQUEST(400, false, "The request is not valid"),
  INVALID_NAME(400, false, "The name is not valid"),
  INVALID_MIGRATION(400, false, "The migration is not valid"),
  SQL_ERROR(400, false, "The SQL failed"),
  UNAUTHORIZED(401, false, "A valid token is needed"),
  FORBIDDEN(403, false, "The token does not allow this"),
  READ_ONLY(403, false, "The token may only read"),
  TENANT_SUSPENDED(403, false, "The tenant is suspended"),
  QUARANTINED(403, false, "The tenant's database is quarantined"),
  NOT_FOUND(404, false, "There is no such resource"),
  UNKNOWN_POOL(404, false, "There is no such pool"),
  UNKNOWN_TENANT(404, false, "There is no such tenant"),
  MOMENT_BEFORE_CREATION(404, false, "The database is younger than the moment"),
  MOMENT_UNKNOWN(404, false, "The database has no such moment"),
  METHOD_NOT_ALLOWED(405, false, "The method is not allowed here"),
  CONFLICT(409, false, "The request conflicts with what is there"),
  POOL_NOT_EMPTY(409, false, "The pool still has tenants"),
  POOL_FULL(409, false, "The pool has its maximum of tenants"),
  MIGRATION_IMMUTABLE(409, false, "The migration has been applied and cannot change"),
  TEMPLATE_MISSING(409, true, "The node does not have the template"),
  FENCED(409, false, "The order was overtaken by a newer one"),
  FOREIGN_BOOKMARK(409, false, "The bookmark is of another database"),
  MOMENT_NOT_KEPT(410, false, "The moment is not kept any more"),
  TENANT_DELETED(410, false, "The tenant is deleted"),
  BODY_TOO_LARGE(413, false, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, false, "The content type is not supported"),
  OVERLOADED(429, true, "The server is overloaded"),
  INTERNAL(500, false, "The server failed"),
  OBJECT_DAMAGED(500, false, "A stored object is damaged"),
  OUTCOME_UNKNOWN(502, false, "Whether the request was carried out is not known"),
  NODE_UNAVAILABLE(503, true, "The node does not answer"),
  GUARD_UNAVAILABLE(503, false, "SQL cannot be checked here"),
  NOT_READY(503, true, "The server is not ready"),
  STORE_UNAVAILABLE(503, true, "The object store does not answer"),
  REVISION_NOT_REACHED(503, true, "The node has not seen the revision yet"),
  STATEMENT_TIMEOUT(504, false, "The statement ran too long"),
  STORAGE_FULL(507, false, "There is no room left");

  private final int status;
  private final boolean retryable;
  private final String title;

  ErrorCode(int status, boolean retryable, String title) {
    this.status = status;
    this.retryable = retryable;
    this.title = title;
  }

  /// The HTTP status that goes with the code.
  public int status() {
    return status;
  }

  /// Whether the same request may succeed later, and was surely not carried out.
  public boolean retryable() {
    return retryable;
  }

  public String title() {
    return title;
  }

  @JsonCreator
  static ErrorCode parse(String text) {
    try {
      return valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return INTERNAL;
    }
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
