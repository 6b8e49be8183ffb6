package dev.burgage.bench.spring;

import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The two transactions.
@Component
class Rows {
  private final EntityManager entities;

  Rows(EntityManager entities) {
    this.entities = entities;
  }

  @Transactional(readOnly = true)
  public Item.@Nullable Row find(long id) {
    Item item = entities.find(Item.class, id);
    return item == null ? null : item.toRow();
  }

  @Transactional
  public @Nullable Long insert(Entry.New row) {
    var entry = new Entry(row);
    entities.persist(entry);
    return entry.id();
  }
}
