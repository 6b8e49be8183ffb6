package dev.burgage.control.binding;

import dev.burgage.protocol.Revision;
import org.springframework.stereotype.Component;

/// Where whoever has committed a change of a binding says so. Forgetting it costs latency (readers
/// poll each second), nothing else.
@Component
public class Changes {
  private final Wakeups wakeups;
  private final HintTicker ticker;

  Changes(Wakeups wakeups, HintTicker ticker) {
    this.wakeups = wakeups;
    this.ticker = ticker;
  }

  /// To be called after the commit, never inside the transaction: readers could not see it yet.
  public void committed(Revision revision) {
    wakeups.committed(revision);
    ticker.changed();
  }
}
