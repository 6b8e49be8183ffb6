package dev.burgage.migrations.sql;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/// The statements of a script of any length, one after the other, without having all of it in
/// memory: it holds about a million characters at a time, or a longer statement. Ends are where
/// [StatementSplitter] sees them; blanks and comments before a statement are passed over and count
/// for nothing. A cursor: for one thread, and one pass.
public final class StatementReader {
  private static final int CHUNK = 1 << 20;
  // A comment's opening, and one more: the star of `/*` is not that of `*/`.
  private static final int COMMENT_MARK = 3;

  private final Reader in;
  private final int lengthMax;
  private final char[] chunk = new char[CHUNK];
  private String text = "";
  private int position;
  private boolean ended;

  /// @param lengthMax of a statement, in UTF-16 code units
  public StatementReader(Reader in, int lengthMax) {
    this.in = in;
    this.lengthMax = lengthMax;
  }

  /// @return the next statement, or null after the last
  /// @throws StatementTooLongException if it does not end within the length
  public @Nullable String next() throws IOException {
    skipToStatement();
    if (position == text.length()) {
      return null;
    }
    int end = StatementSplitter.end(text, position);
    // What seems to end with the text may go on: its last token may be half there.
    while (end == text.length() && !ended && end - position <= lengthMax) {
      have(Math.min(2 * (end - position), lengthMax + 1));
      end = StatementSplitter.end(text, position);
    }
    if (end - position > lengthMax) {
      throw new StatementTooLongException(lengthMax);
    }
    String statement = text.substring(position, end);
    position = end;
    return statement;
  }

  private void skipToStatement() throws IOException {
    have(COMMENT_MARK);
    while (position < text.length()) {
      char c = text.charAt(position);
      if (Characters.isBlank(c) || c == ';' || c == Characters.BYTE_ORDER_MARK) {
        position++;
      } else if (Characters.startsComment(text, position)) {
        skipComment();
      } else {
        return;
      }
      have(COMMENT_MARK);
    }
  }

  private void skipComment() throws IOException {
    String close = text.charAt(position) == '-' ? "\n" : "*/";
    int from = position + 2;
    int found = text.indexOf(close, from);
    while (found < 0 && !ended) {
      position = text.length() - 1; // which may be the first half of the close
      readMore();
      from = Math.min(1, text.length());
      found = text.indexOf(close, from - 1);
    }
    position = found < 0 ? text.length() : found + close.length();
  }

  // From the position on, unless the input ends before.
  private void have(int characters) throws IOException {
    while (text.length() - position < characters && !ended) {
      readMore();
    }
  }

  private void readMore() throws IOException {
    int filled = 0;
    while (filled < CHUNK && !ended) {
      int read = in.read(chunk, filled, CHUNK - filled);
      ended = read < 0;
      filled += Math.max(read, 0);
    }
    text = text.substring(position) + new String(chunk, 0, filled);
    position = 0;
  }
}
