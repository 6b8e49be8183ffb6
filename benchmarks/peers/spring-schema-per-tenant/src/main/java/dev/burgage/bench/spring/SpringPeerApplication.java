package dev.burgage.bench.spring;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// Starts PostgreSQL, makes the schemas, serves. Arguments: a folder and the number of schemas.
@SpringBootApplication
class SpringPeerApplication {
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]).toAbsolutePath();
    EmbeddedPostgres postgres = DurablePostgres.start(folder);
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      TenantSchemas.create(connection, Integer.parseInt(args[1]));
    }
    var application = new SpringApplication(SpringPeerApplication.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", "0",
            // Else it closes each connection after 100 requests.
            "server.tomcat.max-keep-alive-requests", "-1",
            "spring.datasource.url", postgres.getJdbcUrl("postgres", "postgres"),
            "spring.datasource.username", "postgres",
            "spring.datasource.hikari.maximum-pool-size", "10",
            "spring.jpa.open-in-view", "false",
            "spring.jpa.hibernate.ddl-auto", "none",
            "spring.main.banner-mode", "off"));
    ConfigurableApplicationContext context = application.run();
    context.registerShutdownHook();
    context.addApplicationListener(new StopWith(postgres));
    System.out.printf(
        "{\"ready\":\"http://127.0.0.1:%d\",\"postgresPid\":%d}%n",
        context.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
        DurablePostgres.pid(folder));
  }
}
