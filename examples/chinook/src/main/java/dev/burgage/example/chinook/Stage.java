package dev.burgage.example.chinook;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenants;
import dev.burgage.d1.Env;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What every chapter of the story has at hand.
///
/// @param burgage the connection that provisions and queries
/// @param strangers makes connections that know nothing of what the other one did
record Stage(
    Burgage burgage, Supplier<Burgage> strangers, Terminal terminal, LongSupplier nanoTime) {
  static final String POOL = "chinook";

  /// Three music stores.
  static final List<String> STORES = List.of("acme", "globex", "initech");

  Env env() {
    return burgage.env(POOL);
  }

  Tenants tenants() {
    return burgage.tenants(POOL);
  }
}
