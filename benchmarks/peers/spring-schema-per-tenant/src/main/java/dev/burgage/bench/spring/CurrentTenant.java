package dev.burgage.bench.spring;

import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.stereotype.Component;

/// The tenant of the request that this thread serves.
@Component
class CurrentTenant
    implements CurrentTenantIdentifierResolver<String>, HibernatePropertiesCustomizer {
  private final ThreadLocal<@Nullable String> tenant = new ThreadLocal<>();

  void set(String name) {
    tenant.set(name);
  }

  void clear() {
    tenant.remove();
  }

  @Override
  public String resolveCurrentTenantIdentifier() {
    String name = tenant.get();
    return name == null ? "public" : name;
  }

  @Override
  public boolean validateExistingCurrentSessions() {
    return false;
  }

  @Override
  public void customize(Map<String, Object> hibernateProperties) {
    hibernateProperties.put(AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER, this);
  }
}
