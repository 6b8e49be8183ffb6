package dev.burgage.control;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Restored;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// What a fake node says of the past, and what it was asked.
public final class FakeHistory {
  public static final String NOW = "6b02f44a-00000000-00000004-227fcdbac58fa6ed714de4f71f90a9f0";
  public static final String THEN = "6b02f44a-00000000-00000003-eaba571adef7c435b8e58d89b8126c51";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<CreateDatabase.Source> forked = new CopyOnWriteArrayList<>();
  private volatile @Nullable ErrorCode refusal;
  private volatile @Nullable ErrorCode forkRefusal;
  private volatile @Nullable String version;

  /// What it refuses everything with from now on; null to refuse nothing.
  public void refuse(@Nullable ErrorCode code) {
    refusal = code;
  }

  /// What it refuses to make forks with from now on.
  public void refuseForks(@Nullable ErrorCode code) {
    forkRefusal = code;
  }

  /// The newest version in the history of migrations of whatever is restored or forked from now on.
  public void setVersion(@Nullable String newest) {
    version = newest;
  }

  @Nullable String version() {
    return version;
  }

  /// Verb and query or body of each question.
  public List<String> asked() {
    return asked;
  }

  public List<CreateDatabase.Source> forked() {
    return forked;
  }

  private void check() {
    ErrorCode code = refusal;
    if (code != null) {
      throw new BurgageException(code, "as told");
    }
  }

  BookmarkAt bookmark(@Nullable String query) {
    asked.add("bookmark " + query);
    check();
    return new BookmarkAt(query == null ? NOW : THEN, Instant.ofEpochSecond(0x6b02f44aL));
  }

  Restored restore(RestoreOrder order) {
    asked.add("restore " + order.to());
    check();
    return new Restored(NOW, NOW.replace("00000004", "00000005"), version);
  }

  DatabaseDiff diff(@Nullable String query) {
    asked.add("diff " + query);
    check();
    return new DatabaseDiff(THEN, NOW, List.of(), List.of());
  }

  CreateDatabase.Created fork(CreateDatabase.Source source) {
    ErrorCode code = forkRefusal;
    if (code != null) {
      throw new BurgageException(code, "as told");
    }
    forked.add(source);
    return new CreateDatabase.Created(version);
  }
}
