package dev.burgage.control.token;

import dev.burgage.protocol.binding.TokenGrant;
import java.util.List;

/// What nodes are told of tokens: all that were made and not withdrawn.
///
/// @param edition higher with each change
public record TokenList(long edition, List<TokenGrant> grants) {
  public TokenList {
    grants = List.copyOf(grants);
  }
}
