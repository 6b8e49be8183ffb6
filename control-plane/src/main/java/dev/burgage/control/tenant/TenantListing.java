package dev.burgage.control.tenant;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Lists tenants by keyset. The statement has only the conditions that were asked for, so that each
/// form gets the plan that suits it: a range of the primary key for id and prefix, the GIN index
/// for labels.
@Component
class TenantListing {
  /// After every character that an id may have.
  private static final String LAST = "~";

  // Its node has said so when it joined.
  private static final String QUARANTINED =
      """
      exists (select 1 from node n where n.name = binding.node and n.quarantined @>
        jsonb_build_array(jsonb_build_object('database', cast(binding.database_id as text))))
      """;

  private final EntityManager entities;

  TenantListing(EntityManager entities) {
    this.entities = entities;
  }

  List<Tenant> list(Wanted wanted) {
    var sql = new StringBuilder("select * from binding where pool = :pool and state <> 'purged'");
    sql.append(" and tenant > :after");
    wanted.prefix().ifPresent(_ -> sql.append(" and tenant >= :prefix and tenant < :end"));
    wanted.state().ifPresent(state -> sql.append(condition(state)));
    if (!wanted.labels().isEmpty()) {
      sql.append(" and labels @> cast(:labels as jsonb)");
    }
    sql.append(" order by tenant limit :limit");
    Query query = entities.createNativeQuery(sql.toString(), BindingRow.class);
    query.setParameter("pool", wanted.pool().value());
    query.setParameter("after", wanted.after());
    query.setParameter("limit", wanted.limit());
    wanted
        .prefix()
        .ifPresent(
            prefix -> query.setParameter("prefix", prefix).setParameter("end", prefix + LAST));
    wanted.state().ifPresent(state -> query.setParameter("states", rowStates(state)));
    if (!wanted.labels().isEmpty()) {
      query.setParameter("labels", Json.mapper().writeValueAsString(wanted.labels()));
    }
    return rows(query).stream().map(BindingRow::toTenant).toList();
  }

  @SuppressWarnings("unchecked")
  private static List<BindingRow> rows(Query query) {
    return query.getResultList();
  }

  private static String condition(TenantState shown) {
    String inRow = " and state in (:states)";
    return switch (shown) {
      case QUARANTINED -> inRow + " and " + QUARANTINED;
      case ACTIVE -> inRow + " and not " + QUARANTINED;
      default -> inRow;
    };
  }

  private static List<String> rowStates(TenantState shown) {
    TenantState wanted = shown == TenantState.QUARANTINED ? TenantState.ACTIVE : shown;
    return List.of(TenantState.values()).stream()
        .filter(state -> state.shown() == wanted)
        .map(TenantState::toString)
        .toList();
  }

  /// What to list.
  ///
  /// @param after the last id of the page before, or empty
  /// @param labels that a tenant must have
  record Wanted(
      PoolName pool,
      String after,
      Optional<String> prefix,
      Optional<TenantState> state,
      Map<String, String> labels,
      int limit) {}
}
