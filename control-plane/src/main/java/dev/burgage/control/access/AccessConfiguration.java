package dev.burgage.control.access;

import dev.burgage.control.folder.DataFolder;
import dev.burgage.control.web.Refusals;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/// Puts the door before everything else.
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

  @Bean
  AdminToken adminToken(@Value("${burgage.token:}") String token, DataFolder folder) {
    return AdminToken.of(Optional.of(token).filter(text -> !text.isBlank()), folder);
  }

  @Bean
  FilterRegistrationBean<AccessFilter> accessFilter(
      AdminToken admin,
      NodeTokens nodes,
      IssuedTokens issued,
      DatabaseTenants databases,
      Refusals refusals) {
    var rights = new Rights(admin, nodes, issued, databases);
    var registration = new FilterRegistrationBean<>(new AccessFilter(rights, refusals));
    registration.setOrder(ORDER);
    return registration;
  }
}
