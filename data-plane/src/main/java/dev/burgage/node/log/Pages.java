package dev.burgage.node.log;

import java.nio.ByteBuffer;

/// Images of pages of one database.
///
/// @param size of one page in bytes
/// @param databasePages the size of the database with them
/// @param numbers of the pages, from 1, ascending
/// @param images one after the other; of a [Kind#BASE_FILE] the file's SHA-256 instead
public record Pages(int size, int databasePages, int[] numbers, byte[] images) {
  static Pages none(int size, int databasePages) {
    return new Pages(size, databasePages, new int[0], new byte[0]);
  }

  int count() {
    return numbers.length;
  }

  ByteBuffer image(int index) {
    return ByteBuffer.wrap(images, index * size, size);
  }

  /// Where a page begins in the database's file.
  long offset(int index) {
    return (numbers[index] - 1L) * size;
  }

  long databaseBytes() {
    return (long) databasePages * size;
  }
}
