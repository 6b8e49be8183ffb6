package dev.burgage.node.pool;

import java.time.Duration;

/// How long those who use a database have, when it is to be closed under them.
///
/// @param untouched to come to their end by themselves
/// @param refused afterwards, interrupted and told to come again; tasks of our own go on in it
/// @param why what they are told
public record Grace(Duration untouched, Duration refused, String why) {}
