package dev.burgage.node.log;

/// One commit as it lies in a WAL file: for each page that it changed the frame that has the last
/// image of it, in the order of pages. Pages that the commit itself cut off are not among them.
///
/// @param databasePages the size of the database after the commit
/// @param end where the next commit begins
record WalCommit(int databasePages, int[] pages, int[] frames, WalPosition end) {}
