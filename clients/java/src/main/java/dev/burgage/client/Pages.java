package dev.burgage.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A list that comes a page at a time; the next page is fetched when it is needed. Not thread-safe.
final class Pages<T> implements Iterator<T> {
  private final Function<String, Page<T>> fetch;
  private @Nullable String cursor = "";
  private Iterator<T> page = List.<T>of().iterator();

  private Pages(Function<String, Page<T>> fetch) {
    this.fetch = fetch;
  }

  /// @param next the cursor of the page after, or null if this is the last
  record Page<T>(List<T> items, @Nullable String next) {}

  /// @param fetch gives the page at a cursor; the first page has an empty one
  static <T> Stream<T> stream(Function<String, Page<T>> fetch) {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(new Pages<>(fetch), traits), /* parallel= */ false);
  }

  /// A page's address: the path with the query, and the cursor if there is one.
  static String at(String pathAndQuery, String cursor) {
    return cursor.isEmpty() ? pathAndQuery : pathAndQuery + "&cursor=" + Paths.encoded(cursor);
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && cursor != null) {
      Page<T> fetched = fetch.apply(cursor);
      page = fetched.items().iterator();
      cursor = fetched.next();
    }
    return page.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the list is at its end");
    }
    return page.next();
  }
}
