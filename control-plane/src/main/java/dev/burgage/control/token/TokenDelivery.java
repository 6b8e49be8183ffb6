package dev.burgage.control.token;

/// Takes a new edition of the list to the nodes. What holds their streams lies above this package.
public interface TokenDelivery {
  /// Returns when the nodes whose streams this process has serve by the edition, or after about a
  /// second and a half: a node that is away or elsewhere hears of it later.
  void deliver(long edition);
}
