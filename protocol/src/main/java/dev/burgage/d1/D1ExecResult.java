package dev.burgage.d1;

/// What `exec` gave.
///
/// @param count statements run
/// @param duration milliseconds that their SQL took
public record D1ExecResult(int count, double duration) {}
