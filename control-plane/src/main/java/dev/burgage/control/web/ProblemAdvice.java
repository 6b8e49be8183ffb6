package dev.burgage.control.web;

import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/// Turns every exception that leaves a controller, or Spring before one, into a problem document.
/// What is not foreseen is logged whole and told as `internal` without detail.
@RestControllerAdvice
class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  private final Refusals refusals;

  ProblemAdvice(Refusals refusals) {
    this.refusals = refusals;
  }

  /// Our own refusals, among them those that Jackson or Spring wrapped on the way.
  @ExceptionHandler(BurgageException.class)
  ResponseEntity<byte[]> refused(BurgageException e, HttpServletRequest request) {
    return refusals.answer(request, e.code(), e.detail());
  }

  @ExceptionHandler(InvalidNameException.class)
  ResponseEntity<byte[]> invalidName(InvalidNameException e, HttpServletRequest request) {
    return refusals.answer(request, ErrorCode.INVALID_NAME, message(e));
  }

  @ExceptionHandler(TypeMismatchException.class)
  ResponseEntity<byte[]> invalidParameter(TypeMismatchException e, HttpServletRequest request) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidNameException invalid) {
        return invalidName(invalid, request);
      }
    }
    return refusals.answer(
        request,
        ErrorCode.INVALID_REQUEST,
        "the value of %s is not valid; see /v1/openapi.json".formatted(e.getPropertyName()));
  }

  @ExceptionHandler(HttpMessageNotReadableException.class)
  ResponseEntity<byte[]> unreadable(HttpMessageNotReadableException e, HttpServletRequest request) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof BurgageException refused) {
        return refused(refused, request);
      }
      if (cause instanceof InvalidNameException invalid) {
        return invalidName(invalid, request);
      }
      if (cause instanceof IllegalArgumentException invalid) {
        return refusals.answer(request, ErrorCode.INVALID_REQUEST, message(invalid));
      }
    }
    return refusals.answer(request, ErrorCode.INVALID_REQUEST, jsonDetail(e.getCause()));
  }

  /// Everything that Spring MVC itself refuses: unknown path, method, media type, parameter.
  @ExceptionHandler
  ResponseEntity<byte[]> other(Exception e, HttpServletRequest request) {
    if (e instanceof ErrorResponse refused) {
      return refusedBySpring(refused, request);
    }
    if (e instanceof AsyncRequestNotUsableException) {
      LOG.debug("The caller of {} went away", request.getRequestURI(), e);
      return refusals.answer(request, ErrorCode.INTERNAL, "the caller went away");
    }
    if (isMetadataAway(e)) {
      LOG.warn(
          "Metadata unavailable for {} {}: {}",
          request.getMethod(),
          request.getRequestURI(),
          message(e));
      return refusals.answer(
          request,
          ErrorCode.NOT_READY,
          "the metadata database does not answer; repeat the request");
    }
    LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return refusals.answer(request, ErrorCode.INTERNAL, "the server failed; its log says more");
  }

  private static boolean isMetadataAway(Exception e) {
    return e instanceof CannotCreateTransactionException
        || e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException
        || hasConnectionState(e);
  }

  // SQLSTATE classes 08 (connection), 57P0x (server going away). A rollback that fails on a
  // connection which the pool has closed hides the state that it was closed for.
  private static boolean hasConnectionState(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof TransactionException) {
        return true;
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        return state.startsWith("08") || state.startsWith("57P");
      }
    }
    return false;
  }

  private ResponseEntity<byte[]> refusedBySpring(
      ErrorResponse refused, HttpServletRequest request) {
    HttpStatusCode status = refused.getStatusCode();
    ErrorCode code =
        switch (status.value()) {
          case 404 -> ErrorCode.NOT_FOUND;
          case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
          case 413 -> ErrorCode.BODY_TOO_LARGE;
          case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
          case 503 -> ErrorCode.NOT_READY;
          default -> status.is5xxServerError() ? ErrorCode.INTERNAL : ErrorCode.INVALID_REQUEST;
        };
    String detail =
        code == ErrorCode.NOT_FOUND
            ? "there is nothing at %s; see /v1/openapi.json".formatted(request.getRequestURI())
            : String.valueOf(refused.getBody().getDetail());
    ResponseEntity<byte[]> answer = refusals.answer(request, code, detail);
    var headers = new HttpHeaders();
    headers.putAll(refused.getHeaders());
    headers.putAll(answer.getHeaders());
    return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
  }

  private static String jsonDetail(@Nullable Throwable cause) {
    if (cause instanceof DatabindException data && !data.getPath().isEmpty()) {
      return "the value of %s in the body does not fit; see /v1/openapi.json".formatted(path(data));
    }
    if (cause instanceof JacksonException json && json.getLocation() != null) {
      return "the body is not valid JSON at line %d, column %d"
          .formatted(json.getLocation().getLineNr(), json.getLocation().getColumnNr());
    }
    return "the body is missing or is not valid JSON";
  }

  private static String path(DatabindException e) {
    return e.getPath().stream()
        .map(step ->
            step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
        .collect(Collectors.joining("."));
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
