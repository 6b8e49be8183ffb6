package dev.burgage.control.web;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.time.Clock;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/// What holds for every endpoint.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BodyLimits.class)
class WebConfiguration {
  /// After the access filter: a stranger learns nothing about limits.
  private static final int BODY_LIMIT_ORDER = Ordered.HIGHEST_PRECEDENCE + 200;

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(BodyLimits limits, Refusals refusals) {
    var registration = new FilterRegistrationBean<>(new BodyLimitFilter(limits, refusals));
    registration.setOrder(BODY_LIMIT_ORDER);
    return registration;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcat() {
    return factory ->
        factory.addContextCustomizers(context -> {
          if (context.getParent() instanceof StandardHost host) {
            host.setErrorReportValveClass(ProblemValve.class.getName());
          }
        });
  }

  @Bean
  OpenAPI openApi() {
    String scheme = "token";
    return new OpenAPI()
        .info(
            new Info()
                .title("Burgage")
                .version("v1")
                .description(
                    "A database of its own for every tenant. Errors are problem documents (RFC"
                        + " 9457) with a stable `code`."))
        .components(
            new Components()
                .addSecuritySchemes(
                    scheme, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList(scheme));
  }
}
