package dev.burgage.migrations.sql;

/// One statement of a script, with the blanks and comments that stand before it.
///
/// @param sql the script's own characters, with the closing `;` if there is one
/// @param offset where `sql` begins in the script, in UTF-16 code units
/// @param line the line, from 1, on which the statement's first token stands
/// @param number in the script, from 1
public record SqlStatement(String sql, int offset, int line, int number) {}
