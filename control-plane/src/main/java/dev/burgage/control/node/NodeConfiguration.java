package dev.burgage.control.node;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The one HTTP client towards nodes.
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {
  @Bean(destroyMethod = "shutdownNow")
  HttpClient nodeHttp() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(2))
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build();
  }
}
