package dev.burgage.bench.spring;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/// A row that is read.
@Entity
@Table(name = "item")
class Item {
  @Id private long id;
  private String name = "";
  private String email = "";
  private long amount;
  private String note = "";

  protected Item() {}

  Row toRow() {
    return new Row(id, name, email, amount, note);
  }

  /// The row as JSON says it.
  record Row(long id, String name, String email, long amount, String note) {}
}
