package dev.burgage.node.log;

/// Where the records of a database end.
///
/// @param last the newest record that is no [Kind#PART]
/// @param replayFrom the first transaction that may be missing in the database's file; 0 if the log
///   does not say
/// @param replaySegment has the newest record that says so
public record LogTail(LogPosition last, long replayFrom, long replaySegment) {}
