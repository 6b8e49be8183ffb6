package dev.burgage.control.cloudflare;

/// The codes by which Cloudflare's tools know what went wrong, each with its usual HTTP status.
///
/// Sources: wrangler's sources (it reads 7404, 7406, 7502, 10000), Cloudflare's release notes of D1
/// (7500 with 400 and 429), answers in public issue reports (7000, 7003, 7400, 7403).
public enum CloudflareCode {
  NO_ROUTE(7000, 400),
  NO_OBJECT(7003, 404),
  INVALID_BODY(7400, 400),
  UNKNOWN_ACCOUNT(7403, 403),
  UNKNOWN_DATABASE(7404, 404),
  TOO_MANY_DATABASES(7406, 400),
  DATABASE_FAILED(7500, 400),
  NAME_TAKEN(7502, 400),
  NOT_AUTHENTICATED(10000, 401);

  private final int number;
  private final int status;

  CloudflareCode(int number, int status) {
    this.number = number;
    this.status = status;
  }

  int number() {
    return number;
  }

  int status() {
    return status;
  }
}
