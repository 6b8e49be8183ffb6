package dev.burgage.node.ship;

import dev.burgage.node.store.ObjectStore;
import java.io.IOException;
import java.io.PrintStream;

/// `burgage node verify-store`: reads all that a cell has in its store, for people. Nodes may go on
/// shipping meanwhile.
public final class VerifyStore {
  /// Nothing is wrong.
  public static final int SOUND = 0;

  /// Something is, or there is nothing, or the store does not answer.
  public static final int DAMAGED = 1;

  private VerifyStore() {}

  /// Prints what it finds.
  ///
  /// @param others what is there beside the log
  /// @return the status to end with
  public static int run(
      ObjectStore store, Layout layout, StoreCheck.Others others, PrintStream out) {
    try {
      StoreCheck.Report report = StoreCheck.of(store, layout, others);
      if (report.objects() == 0) {
        out.printf(
            "burgage node verify-store: there is no object under %s/; check BURGAGE_STORE and"
                + " BURGAGE_CELL%n",
            layout.root());
        return DAMAGED;
      }
      report.findings().forEach(finding -> out.println("DAMAGED " + finding));
      out.printf(
          "%s: %d objects in %d bytes%n",
          report.findings().isEmpty() ? "sound" : "damaged", report.objects(), report.bytes());
      return report.findings().isEmpty() ? SOUND : DAMAGED;
    } catch (IOException e) {
      out.println("burgage node verify-store: " + e.getMessage());
      return DAMAGED;
    }
  }
}
