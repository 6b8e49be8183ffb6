package dev.burgage.control.node;

import java.net.http.HttpClient;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The one HTTP client towards nodes. What its one selecting thread hands on is only bytes that go
/// into a buffer and the waking of whoever waits for them, so that thread does it itself: another
/// thread in between would be one more to wait for on a machine that is busy.
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {
  @Bean(destroyMethod = "shutdownNow")
  HttpClient nodeHttp() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(2))
        .executor(Runnable::run)
        .build();
  }
}
