package dev.burgage.migrations.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SqlTokensTest {
  @Test
  void everyKindOfTokenIsSeen() {
    assertThat(
            tokens("SELECT \"a\"\"b\", `c``d`, [e f], 'it''s' /* no */ -- no\n, x'0aF1' || 1.5e-3"))
        .containsExactly(
            "WORD SELECT",
            "QUOTED_IDENTIFIER a\"b",
            "OPERATOR ,",
            "QUOTED_IDENTIFIER c`d",
            "OPERATOR ,",
            "QUOTED_IDENTIFIER e f",
            "OPERATOR ,",
            "STRING it's",
            "OPERATOR ,",
            "BLOB x'0aF1'",
            "OPERATOR ||",
            "NUMBER 1.5e-3");
    assertThat(tokens("a->>?1<=:b!=@c$d 0xFF .5 5. 1_000"))
        .containsExactly(
            "WORD a",
            "OPERATOR ->>",
            "PARAMETER ?1",
            "OPERATOR <=",
            "PARAMETER :b",
            "OPERATOR !=",
            "PARAMETER @c$d",
            "NUMBER 0xFF",
            "NUMBER .5",
            "NUMBER 5.",
            "NUMBER 1_000");
  }

  @Test
  void textThatSqliteRefusesIsIllegal() {
    assertThat(tokens("'open")).containsExactly("ILLEGAL 'open");
    assertThat(tokens("[open")).containsExactly("ILLEGAL [open");
    assertThat(tokens("x'0'")).containsExactly("ILLEGAL x'0'");
    assertThat(tokens("1abc")).containsExactly("ILLEGAL 1abc");
    assertThat(tokens("!")).containsExactly("ILLEGAL !");
    assertThat(tokens("a\0b")).containsExactly("WORD a", "ILLEGAL \0", "WORD b");
  }

  @Test
  void aTextIsClosedOnlyIfItEndsInAComment() {
    for (String whole :
        new String[] {
          "",
          "a",
          "a /* b */",
          "a -- b\n",
          "a -- b\n ",
          "'-- /*'",
          "a -- b\n c /* -- */ \n",
          "a/b - c"
        }) {
      assertThat(SqlTokens.closed(whole)).isEqualTo(whole);
    }
    assertThat(SqlTokens.closed("a -- b")).isEqualTo("a -- b\n");
    assertThat(SqlTokens.closed("a /* x */ -- /* b")).isEqualTo("a /* x */ -- /* b\n");
    assertThat(SqlTokens.closed("a /* -- b\n")).isEqualTo("a /* -- b\n*/");
    assertThat(SqlTokens.closed("a -- b\n/*/")).isEqualTo("a -- b\n/*/*/");
  }

  @Test
  void wordsAreComparedInAsciiOnly() {
    Token kelvin = new SqlTokens("\u212Aey").next();
    Token prefixed = new SqlTokens("\"_Cf_x\"").next();

    assertThat(kelvin).isNotNull().matches(token -> !token.isWord("KEY"));
    assertThat(prefixed).isNotNull().matches(token -> token.startsWith("_CF_"));
    assertThat(prefixed).matches(token -> token != null && !token.isWord("_CF_X"));
  }

  @Test
  void tokensNeverOverlapAndTheRestIsBlank() {
    Random random = new Random(3);
    String alphabet = "'\"`[]xX0123.eE_+-*/|<>=!:?@#$ \n;,()aé\uFEFF";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder sql = new StringBuilder();
      for (int n = random.nextInt(25); n > 0; n--) {
        sql.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      SqlTokens tokens = new SqlTokens(sql.toString());
      int position = 0;
      for (@Nullable Token token = tokens.next(); token != null; token = tokens.next()) {
        assertThat(token.start()).isGreaterThanOrEqualTo(position);
        assertThat(token.end()).isGreaterThan(token.start()).isLessThanOrEqualTo(sql.length());
        assertThat(token.text()).isNotNull();
        position = token.end();
      }
    }
  }

  private static List<String> tokens(String sql) {
    List<String> all = new ArrayList<>();
    SqlTokens tokens = new SqlTokens(sql);
    for (@Nullable Token token = tokens.next(); token != null; token = tokens.next()) {
      all.add(token.kind() + " " + token.text());
    }
    return all;
  }
}
