package dev.burgage.bench.spring;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// The two endpoints; the tenant is in the path.
@RestController
class RowsController {
  private final CurrentTenant currentTenant;
  private final Rows rows;

  RowsController(CurrentTenant currentTenant, Rows rows) {
    this.currentTenant = currentTenant;
    this.rows = rows;
  }

  @GetMapping("/tenants/{tenant}/items/{id}")
  ResponseEntity<Item.Row> item(@PathVariable String tenant, @PathVariable long id) {
    return ResponseEntity.of(Optional.ofNullable(in(tenant, () -> rows.find(id))));
  }

  @PostMapping("/tenants/{tenant}/entries")
  Map<String, Long> insert(@PathVariable String tenant, @RequestBody Entry.New row) {
    Long id = in(tenant, () -> rows.insert(row));
    return id == null ? Map.of() : Map.of("id", id);
  }

  private <T> @Nullable T in(String tenant, Supplier<@Nullable T> work) {
    currentTenant.set(tenant);
    try {
      return work.get();
    } finally {
      currentTenant.clear();
    }
  }
}
