package dev.burgage.node.query;

/// How a caller wants its answer.
///
/// @param exactIntegers whether JSON's whole numbers bind as INTEGER
/// @param everyResult whether each statement of a text gives a result, or only the last
public record WireForm(ResultsFormat format, boolean exactIntegers, boolean everyResult) {}
