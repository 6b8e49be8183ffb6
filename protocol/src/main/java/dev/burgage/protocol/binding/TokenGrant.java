package dev.burgage.protocol.binding;

/// A token that nodes accept, without the token: its SHA-256 and what it may do. Tokens of pool and
/// tenant scope become further values of [Scope].
///
/// @param sha256 lower-case hexadecimal digest of the token's UTF-8 bytes
public record TokenGrant(String sha256, Scope scope) {
  /// What a token reaches.
  public enum Scope {
    /// Everything in the cell.
    FLEET
  }
}
