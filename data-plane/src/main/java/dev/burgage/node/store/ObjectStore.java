package dev.burgage.node.store;

import java.util.Collection;
import java.util.List;

/// Where objects are kept apart from this machine. An object appears whole or not at all. Keys are
/// of letters, digits and `._~-`, in parts between slashes, and sort by their bytes; no key goes on
/// with a slash where another one ends, so that a folder can be a store. Thread-safe.
public interface ObjectStore extends AutoCloseable {
  /// Objects that one call to [#delete] or [#list] takes at most.
  int BATCH_MAX = 1000;

  /// Writes an object in the place of one that may be there. Durable when this returns.
  void put(String key, byte[] content) throws StoreException;

  /// Writes an object unless there is one of that key. A caller whose earlier call was
  /// [StoreException.Reason#UNREACHABLE] may find that it had written the object.
  ///
  /// @return whether this call wrote it
  boolean putIfAbsent(String key, byte[] content) throws StoreException;

  /// All of an object, which is as large as the caller is ready for.
  byte[] get(String key) throws StoreException;

  /// A range of an object, shorter if the object ends before.
  byte[] get(String key, long from, int length) throws StoreException;

  /// The next objects in the order of their keys.
  ///
  /// @param after no key up to this one; empty for the first page
  /// @param limit at most [#BATCH_MAX]; fewer objects than that are the last
  List<Listed> list(String prefix, String after, int limit) throws StoreException;

  /// Deletes objects; those that are not there are no failure.
  ///
  /// @param keys at most [#BATCH_MAX]
  void delete(Collection<String> keys) throws StoreException;

  @Override
  void close();
}
