package dev.burgage.bench.spring;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/// A row that is inserted.
@Entity
@Table(name = "entry")
class Entry {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  private String name = "";
  private String email = "";
  private long amount;
  private String note = "";

  protected Entry() {}

  Entry(New row) {
    this.name = row.name();
    this.email = row.email();
    this.amount = row.amount();
    this.note = row.note();
  }

  @Nullable Long id() {
    return id;
  }

  @Override
  public String toString() {
    return "entry %s: %s %s %d %s".formatted(id, name, email, amount, note);
  }

  /// What a request brings.
  record New(String name, String email, long amount, String note) {}
}
