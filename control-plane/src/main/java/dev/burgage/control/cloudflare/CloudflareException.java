package dev.burgage.control.cloudflare;

/// A refusal in Cloudflare's own words and codes.
public final class CloudflareException extends RuntimeException {
  private final CloudflareCode code;

  public CloudflareException(CloudflareCode code, String message) {
    super(message);
    this.code = code;
  }

  /// A property of the request that does not fit.
  public static CloudflareException invalid(String property, String rule) {
    return new CloudflareException(
        CloudflareCode.INVALID_BODY, "Invalid property: %s => %s".formatted(property, rule));
  }

  public static CloudflareException unknownDatabase(String idOrName) {
    return new CloudflareException(
        CloudflareCode.UNKNOWN_DATABASE, "The database %s could not be found".formatted(idOrName));
  }

  public CloudflareCode code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
