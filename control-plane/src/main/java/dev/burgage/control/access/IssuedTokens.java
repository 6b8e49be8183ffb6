package dev.burgage.control.access;

import java.util.Optional;

/// The tokens that were made through the API and hold now: neither withdrawn nor expired. The
/// package that keeps them lies above this one.
public interface IssuedTokens {
  Optional<Caller.Holder> find(TokenDigest digest);
}
