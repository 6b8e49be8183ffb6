package dev.burgage.control;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySourcesPropertyResolver;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/// Fixes the name and the default of every setting: changing one is a change that users see.
class SettingsTest {
  private static PropertySourcesPropertyResolver with(Map<String, Object> environment)
      throws IOException {
    var sources = new MutablePropertySources();
    sources.addLast(new SystemEnvironmentPropertySource("systemEnvironment", environment));
    new YamlPropertySourceLoader()
        .load("application", new ClassPathResource("application.yaml"))
        .forEach(sources::addLast);
    return new PropertySourcesPropertyResolver(sources);
  }

  @Test
  void everySettingOfOursHasThisDefault() throws IOException {
    var source =
        (EnumerablePropertySource<?>)
            new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yaml"))
                .getFirst();
    var ours = new TreeMap<String, String>();
    for (String name : source.getPropertyNames()) {
      if (name.startsWith("burgage.")) {
        ours.put(name, String.valueOf(with(Map.of()).getProperty(name)));
      }
    }

    assertThat(ours)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                entry("burgage.host", "127.0.0.1"),
                entry("burgage.port", "8787"),
                entry("burgage.data", ".burgage"),
                entry("burgage.public-url", ""),
                entry("burgage.delete-retention", "7d"),
                entry("burgage.log-format", "text"),
                entry("burgage.log-formats.text", ""),
                entry("burgage.log-formats.json", "ecs"),
                entry("burgage.node-command", ""),
                entry("burgage.sql.guard", "enforced"),
                entry("burgage.local.node", "false"),
                entry("burgage.local.node-port", "8788"),
                entry("burgage.local.node-command", "")));
  }

  @Test
  void theEnvironmentSetsThem() throws IOException {
    var settings =
        with(
            Map.of(
                "BURGAGE_PORT", "9",
                "BURGAGE_HOST", "::1",
                "BURGAGE_DELETE_RETENTION", "1h",
                "BURGAGE_LOCAL_NODE", "true",
                "BURGAGE_LOCAL_NODE_PORT", "10",
                "BURGAGE_NODE_COMMAND", "java -jar node.jar",
                "BURGAGE_LOG_FORMAT", "json"));

    assertThat(settings.getProperty("server.port")).isEqualTo("9");
    assertThat(settings.getProperty("server.address")).isEqualTo("::1");
    assertThat(settings.getProperty("burgage.delete-retention")).isEqualTo("1h");
    assertThat(settings.getProperty("burgage.local.node")).isEqualTo("true");
    assertThat(settings.getProperty("burgage.local.node-port")).isEqualTo("10");
    assertThat(settings.getProperty("burgage.local.node-command")).isEqualTo("java -jar node.jar");
    assertThat(settings.getProperty("logging.structured.format.console")).isEqualTo("ecs");
  }
}
