package dev.burgage.control.access;

import dev.burgage.protocol.binding.TokenRight;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One line of [Routes]: a method, a path, and what a token needs for it.
///
/// @param path with `{pool}` and `{tenant}` where it names them; Cloudflare's call them `{account}`
///   and `{database}`
record Route(String method, String path, Reach reach, TokenRight right, Pattern pattern) {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");

  /// What of the fleet a route concerns, and so which scopes are enough.
  enum Reach {
    /// Nothing in particular, or what its controller picks by the caller's scope.
    ANY,
    /// The list of pools: the fleet's tokens, and those of a whole pool, which see that one.
    POOLS,
    /// The pool as an account, which a tenant's token sees too.
    ACCOUNT,
    /// All of the pool that the path names.
    POOL,
    /// The tenant that the path names.
    TENANT,
    /// All there is.
    FLEET
  }

  /// What a path names.
  record Named(@Nullable String pool, @Nullable String tenant, @Nullable String database) {}

  static Route of(String line) {
    String[] words = line.strip().split("\\s+", -1);
    String path = words[1];
    // A name is a group of the pattern; what else varies is not looked at.
    String pattern =
        VARIABLE
            .matcher(path.replace(".", "\\."))
            .replaceAll(variable ->
                switch (variable.group(1)) {
                  case "pool", "account" -> "(?<pool>[^/]+)";
                  case "tenant" -> "(?<tenant>[^/]+)";
                  case "database" -> "(?<database>[^/]+)";
                  default -> "[^/]+";
                });
    return new Route(
        words[0],
        path,
        Reach.valueOf(words[2]),
        TokenRight.parse(words[3]),
        Pattern.compile(pattern));
  }

  @Nullable Named match(String asked, String askedPath) {
    Matcher matcher = pattern.matcher(askedPath);
    if (!method.equals(asked) || !matcher.matches()) {
      return null;
    }
    return new Named(group(matcher, "pool"), group(matcher, "tenant"), group(matcher, "database"));
  }

  private @Nullable String group(Matcher matcher, String name) {
    return matcher.namedGroups().containsKey(name) ? matcher.group(name) : null;
  }
}
