package dev.burgage.migrations.lint;

import dev.burgage.migrations.lint.Facts.Column;
import dev.burgage.migrations.lint.Facts.ForeignKey;
import dev.burgage.migrations.lint.Facts.Table;
import dev.burgage.migrations.lint.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one script's change of the schema means for the data that is there and for code that knows
/// only the schema before. Tables that code before does not know are left out.
final class TableRules {
  private static final String EXPAND_CONTRACT = "expand-contract";

  private final Facts before;
  private final Facts after;
  private final Story story;
  private final Set<String> known;
  private final Place end;
  private final List<Finding> findings = new ArrayList<>();

  /// @param known tables and views that the code of the version before uses
  /// @param end of the script, for what no statement can be blamed for
  TableRules(Facts before, Facts after, Story story, Set<String> known, Place end) {
    this.before = before;
    this.after = after;
    this.story = story;
    this.known = known;
    this.end = end;
  }

  List<Finding> findings() {
    before.tables().values().stream()
        .filter(table -> known.contains(table.name()))
        .forEach(this::table);
    before.views().stream()
        .filter(view -> known.contains(view) && !after.views().contains(view))
        .forEach(this::droppedView);
    before.attached().forEach(this::lost);
    after.tables().values().forEach(this::lostParents);
    return findings;
  }

  private void table(Table table) {
    Table now = after.tables().get(table.name());
    Place dropped = story.droppedAt(table.name());
    if (now == null) {
      gone(table, dropped == null ? end : dropped);
      return;
    }
    if (dropped != null) {
      add(
          dropped,
          "table-rebuild",
          Level.NOTE,
          "table \"%s\" is rebuilt: every row of it is copied while the database's writes wait; rehearse it on the largest tenant"
              .formatted(table.name()),
          table.name());
      children(table, dropped, Level.ERROR);
    }
    Place place = story.changedAt(table.name(), dropped == null ? end : dropped);
    columns(table, now, place);
    constraints(table, now, place);
  }

  private void gone(Table table, Place place) {
    String newName = story.newName(table.name());
    if (newName != null) {
      add(
          place,
          "rename-table",
          Level.NOTE,
          "table \"%s\" becomes \"%s\"".formatted(table.name(), newName),
          table.name());
      breaks(
          place,
          table.name(),
          "code of the version before asks for table \"%s\"; instead of the rename, make a view \"%s\" of the new name now, and drop it in a later migration when no such code runs"
              .formatted(table.name(), newName));
      return;
    }
    add(
        place,
        "drop-table",
        Level.WARNING,
        "table \"%s\" and its rows are dropped; keep a copy, or rename it first and drop it in a later migration"
            .formatted(table.name()),
        table.name());
    children(table, place, Level.WARNING);
    breaks(
        place,
        table.name(),
        "code of the version before asks for table \"%s\"; deploy code that does not, then drop it in a later migration"
            .formatted(table.name()));
  }

  private void droppedView(String view) {
    Place dropped = story.droppedAt(view);
    Place place = dropped == null ? end : dropped;
    add(place, "drop-view", Level.NOTE, "view \"%s\" is dropped".formatted(view), view);
    breaks(
        place,
        view,
        "code of the version before asks for view \"%s\"; deploy code that does not, then drop it in a later migration"
            .formatted(view));
  }

  // DROP TABLE deletes the rows first, and the references to them do what they say.
  private void children(Table parent, Place place, Level level) {
    if (!story.areForeignKeysEnforced()) {
      return;
    }
    for (Table child : before.tables().values()) {
      for (ForeignKey key : child.foreignKeys()) {
        boolean acts = !key.onDelete().equals("NO ACTION");
        if (acts && key.parent().equals(parent.name()) && !child.name().equals(parent.name())) {
          add(
              place,
              "drop-acts-on-children",
              level,
              "DROP TABLE \"%s\" deletes its rows, so ON DELETE %s is carried out on \"%s\" (%s), whatever defer_foreign_keys says; write PRAGMA foreign_keys = OFF into the script, or change the table in place"
                  .formatted(parent.name(), key.onDelete(), child.name(), key.columns()),
              parent.name(),
              child.name());
        }
      }
    }
  }

  private void columns(Table table, Table now, Place place) {
    for (Column column : table.columns().values()) {
      Column same = now.columns().get(column.name());
      if (same == null) {
        goneColumn(table, column, place);
      } else if (same.notNull() && !column.notNull()) {
        add(
            place,
            "new-not-null",
            Level.WARNING,
            "\"%s\".\"%s\" becomes NOT NULL: it fails in databases that have a NULL there; fill them in an earlier statement, and rehearse it"
                .formatted(table.name(), column.name()),
            table.name());
        breaks(
            place,
            table.name(),
            "code of the version before may leave \"%s\".\"%s\" NULL; deploy code that fills it, then add NOT NULL in a later migration"
                .formatted(table.name(), column.name()));
      }
    }
    now.columns().values().stream()
        .filter(column -> !table.columns().containsKey(column.name()))
        .filter(column -> !isNewName(table, column.name()))
        .forEach(column -> newColumn(table, column, place));
  }

  private boolean isNewName(Table table, String column) {
    return table.columns().keySet().stream()
        .anyMatch(old -> column.equals(story.newName(table.name(), old)));
  }

  private void goneColumn(Table table, Column column, Place place) {
    String newName = story.newName(table.name(), column.name());
    String full = "\"%s\".\"%s\"".formatted(table.name(), column.name());
    if (newName != null) {
      add(
          place,
          "rename-column",
          Level.NOTE,
          "%s becomes \"%s\"".formatted(full, newName),
          table.name());
    } else {
      add(
          place,
          "drop-column",
          Level.WARNING,
          "%s and its values are dropped; copy what is still needed first".formatted(full),
          table.name());
    }
    breaks(
        place,
        table.name(),
        newName == null
            ? "code of the version before names %s; deploy code that does not, then drop it in a later migration"
                .formatted(full)
            : "code of the version before names %s; add \"%s\" beside it and fill both, deploy code that uses the new one, then drop the old in a later migration"
                .formatted(full, newName));
  }

  private void newColumn(Table table, Column column, Place place) {
    if (column.required()) {
      breaks(
          place,
          table.name(),
          "INSERTs of code of the version before do not name \"%s\".\"%s\", which is NOT NULL without a default; give it one now, and take it away in a later migration"
              .formatted(table.name(), column.name()));
      return;
    }
    add(
        place,
        "add-column",
        Level.NOTE,
        "\"%s\" gets \"%s\": only INSERT INTO \"%s\" VALUES (…) without a list of columns, and code that counts the columns of SELECT *, notice"
            .formatted(table.name(), column.name(), table.name()),
        table.name());
  }

  private void constraints(Table table, Table now, Place place) {
    for (String columns : now.uniques()) {
      if (!table.uniques().contains(columns)) {
        newConstraint("new-unique", table, "UNIQUE (%s)".formatted(columns), place);
      }
    }
    for (String check : now.checks()) {
      if (!table.checks().contains(check)) {
        newConstraint("new-check", table, "CHECK %s".formatted(check), place);
      }
    }
    for (ForeignKey key : now.foreignKeys()) {
      if (!table.foreignKeys().contains(key) && table.columns().containsKey(key.columns())) {
        newConstraint(
            "new-foreign-key",
            table,
            "FOREIGN KEY (%s) REFERENCES \"%s\"".formatted(key.columns(), key.parent()),
            place);
      }
    }
  }

  private void newConstraint(String rule, Table table, String constraint, Place place) {
    add(
        place,
        rule,
        Level.WARNING,
        "\"%s\" gets %s: it fails in databases whose rows break it; look for them with an invariant in a rehearsal, and mend them first"
            .formatted(table.name(), constraint),
        table.name());
    breaks(
        place,
        table.name(),
        "code of the version before does not know %s on \"%s\" and may write rows that break it; deploy code that keeps it, then add it in a later migration"
            .formatted(constraint, table.name()));
  }

  private void lost(String name, String table) {
    Place dropped = story.droppedAt(table);
    boolean rebuilt = dropped != null && after.tables().containsKey(table);
    if (rebuilt && !after.attached().containsKey(name) && !story.dropsAttached(name)) {
      add(
          dropped,
          "lost-with-table",
          Level.WARNING,
          "index or trigger \"%s\" goes with the old table \"%s\" and is not made again; make it at the end of the script"
              .formatted(name, table),
          table);
    }
  }

  // ALTER TABLE … RENAME takes references along: what referred to the old table still does.
  private void lostParents(Table child) {
    for (ForeignKey key : child.foreignKeys()) {
      Place dropped = story.droppedAt(key.parent());
      if (dropped != null && !after.tables().containsKey(key.parent())) {
        add(
            dropped,
            "lost-parent",
            Level.WARNING,
            "FOREIGN KEY (%s) of \"%s\" refers to table \"%s\", which is gone at the end of the script; to rebuild a table, make the new one under another name, drop the old one, then rename the new one"
                .formatted(key.columns(), child.name(), key.parent()),
            child.name());
      }
    }
  }

  private void breaks(Place place, String table, String message) {
    add(place, EXPAND_CONTRACT, Level.WARNING, message, table);
  }

  private void add(
      @Nullable Place place, String rule, Level level, String message, String... tables) {
    findings.add((place == null ? end : place).finding(rule, level, message, tables));
  }
}
