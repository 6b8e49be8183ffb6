package dev.burgage.control.local;

import dev.burgage.control.folder.DataFolder;
import dev.burgage.control.node.NodeRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The local node, when it is asked for.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LocalSettings.class)
class LocalConfiguration {
  @Bean
  @ConditionalOnProperty("burgage.local.node")
  LocalNode localNode(LocalSettings settings, DataFolder folder, NodeRegistry registry) {
    var process = new NodeProcess(settings, folder.resolve(LocalNode.NAME.value()), System.out);
    return new LocalNode(process, folder, registry);
  }

  /// Part of readiness: who runs one command wants to know when a tenant can be made.
  @Bean
  @ConditionalOnProperty("burgage.local.node")
  HealthIndicator localNodeHealthIndicator(LocalNode node) {
    return () -> (node.isLive() ? Health.up() : Health.down()).build();
  }
}
