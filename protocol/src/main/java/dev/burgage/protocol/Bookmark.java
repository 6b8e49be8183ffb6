package dev.burgage.protocol;

import java.util.Comparator;
import java.util.HexFormat;

/// The name of one commit of one database, in D1's shape of 8-8-8-32 hexadecimal digits: the second
/// in which it was committed, the transaction id in two halves, and half of the hash that chains it
/// to all commits before. The texts of one database sort as its commits were made; a text of
/// another database or of an abandoned history has another hash, so it is never taken for a commit
/// of this one.
///
/// @param second since 1970, until 2106
/// @param transaction counts the commits of the database, from 1, without a gap
/// @param hashHigh the first 8 bytes of the commit's hash
/// @param hashLow the next 8 bytes
public record Bookmark(long second, long transaction, long hashHigh, long hashLow)
    implements Comparable<Bookmark> {
  private static final Comparator<Bookmark> ORDER =
      Comparator.comparingLong(Bookmark::second)
          .thenComparing(Bookmark::transaction, Long::compareUnsigned)
          .thenComparing(Bookmark::hashHigh, Long::compareUnsigned)
          .thenComparing(Bookmark::hashLow, Long::compareUnsigned);
  private static final HexFormat HEX = HexFormat.of();
  private static final long SECOND_MAX = 0xffff_ffffL;
  private static final int LENGTH = 59;
  private static final int[] DASHES = {8, 17, 26};

  public Bookmark {
    if (second < 0 || second > SECOND_MAX) {
      throw new IllegalArgumentException(
          "a bookmark's second must be from 0 to %d; got %d".formatted(SECOND_MAX, second));
    }
  }

  /// @throws IllegalArgumentException if the text is not one that [#toString()] made
  public static Bookmark parse(String text) {
    if (!isShaped(text)) {
      throw new IllegalArgumentException(
          "bookmark must be 8-8-8-32 lower-case hexadecimal digits, as an answer gave it; got"
              + " \"%.80s\"".formatted(text));
    }
    long high = HexFormat.fromHexDigitsToLong(text, 9, 17);
    long low = HexFormat.fromHexDigitsToLong(text, 18, 26);
    return new Bookmark(
        HexFormat.fromHexDigitsToLong(text, 0, 8),
        high << Integer.SIZE | low,
        HexFormat.fromHexDigitsToLong(text, 27, 43),
        HexFormat.fromHexDigitsToLong(text, 43, LENGTH));
  }

  // One commit has one text: clients compare them as strings.
  private static boolean isShaped(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int dash : DASHES) {
      if (text.charAt(dash) != '-') {
        return false;
      }
    }
    String digits = text.substring(0, 8) + text.substring(9, 17) + text.substring(18, 26);
    return (digits + text.substring(27))
        .chars()
        .allMatch(digit -> (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
  }

  @Override
  public int compareTo(Bookmark other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return HEX.toHexDigits(second, 8)
        + '-'
        + HEX.toHexDigits(transaction >>> Integer.SIZE, 8)
        + '-'
        + HEX.toHexDigits(transaction, 8)
        + '-'
        + HEX.toHexDigits(hashHigh)
        + HEX.toHexDigits(hashLow);
  }
}
