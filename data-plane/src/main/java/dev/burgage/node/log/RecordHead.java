package dev.burgage.node.log;

/// What a record is of, without its pages.
///
/// @param time of the transaction, as in [LogRecord]
public record RecordHead(Kind kind, RecordKey key, long time) {}
