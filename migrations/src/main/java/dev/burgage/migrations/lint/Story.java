package dev.burgage.migrations.lint;

import dev.burgage.migrations.lint.Facts.Table;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the statements of one script did to tables, columns and views, in their order, and where. A
/// table that goes and comes back within a script was rebuilt. For one thread.
final class Story {
  private final Map<String, Place> dropped = new HashMap<>();
  private final Map<String, Place> changed = new HashMap<>();
  private final Map<String, String> renamedTo = new HashMap<>();
  private final Map<String, String> columnsRenamedTo = new HashMap<>();
  private final Set<String> dropsAttached = new HashSet<>();
  private final boolean foreignKeysEnforced;

  Story(boolean foreignKeysEnforced) {
    this.foreignKeysEnforced = foreignKeysEnforced;
  }

  void add(Place place, Facts before, Facts after) {
    for (Table table : before.tables().values()) {
      Table same = after.tables().get(table.name());
      if (same == null) {
        gone(place, table, before, after);
      } else if (!same.equals(table)) {
        changed(place, table, same);
      }
    }
    before.views().stream()
        .filter(view -> !after.views().contains(view))
        .forEach(view -> dropped.put(view, place));
    after.tables().keySet().stream()
        .filter(name -> !before.tables().containsKey(name))
        .forEach(name -> changed.put(name, place));
    before
        .attached()
        .forEach((name, table) -> {
          boolean tableStays = after.tables().containsKey(table);
          if (tableStays && !after.attached().containsKey(name)) {
            dropsAttached.add(name);
          }
        });
  }

  private void gone(Place place, Table table, Facts before, Facts after) {
    dropped.put(table.name(), place);
    after.tables().values().stream()
        .filter(other -> table.root() > 0 && other.root() == table.root())
        .filter(other -> !before.tables().containsKey(other.name()))
        .forEach(other -> renamedTo.put(table.name(), other.name()));
  }

  private void changed(Place place, Table before, Table after) {
    changed.put(before.name(), place);
    Set<String> gone = new HashSet<>(before.columns().keySet());
    gone.removeAll(after.columns().keySet());
    Set<String> come = new HashSet<>(after.columns().keySet());
    come.removeAll(before.columns().keySet());
    if (gone.size() == 1 && come.size() == 1) {
      columnsRenamedTo.put(before.name() + "." + gone.iterator().next(), come.iterator().next());
    }
  }

  /// Where it was dropped or renamed; null if it was not.
  @Nullable Place droppedAt(String name) {
    return dropped.get(name);
  }

  /// Whether rows that refer to others are told when those go.
  boolean areForeignKeysEnforced() {
    return foreignKeysEnforced;
  }

  /// Where it was changed last.
  Place changedAt(String name, Place otherwise) {
    return changed.getOrDefault(name, otherwise);
  }

  @Nullable String newName(String table) {
    return renamedTo.get(table);
  }

  @Nullable String newName(String table, String column) {
    return columnsRenamedTo.get(table + "." + column);
  }

  /// Whether a statement dropped the index or trigger, and not only its table.
  boolean dropsAttached(String name) {
    return dropsAttached.contains(name);
  }
}
