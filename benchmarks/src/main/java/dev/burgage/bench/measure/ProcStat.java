package dev.burgage.bench.measure;

/// One line of `/proc/<pid>/stat`.
///
/// @param ticks user and system time used so far, in clock ticks of 10 ms
record ProcStat(long pid, String command, long parent, long ticks) {
  private static final int PARENT = 1;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  // The command is in parentheses and may itself contain spaces and parentheses.
  static ProcStat parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 0 || close < open) {
      throw new IllegalArgumentException("not a line of /proc/<pid>/stat: " + line);
    }
    String[] fields = line.substring(close + 2).split(" ", -1);
    return new ProcStat(
        Long.parseLong(line.substring(0, open).strip()),
        line.substring(open + 1, close),
        Long.parseLong(fields[PARENT]),
        Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
  }
}
